import { connect, type Socket } from 'node:net';

const RESPONSE_TIMEOUT_MS = 20_000;

/** A TCP connection to the service, over which a client sends any text. */
export class SoakConnection {
  #received = '';
  #onChange: (() => void) | undefined;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#received += text;
      this.#onChange?.();
    });
    for (const event of ['error', 'close']) socket.on(event, () => this.#onChange?.());
  }

  /** Connects, calls `action`, and closes the connection. */
  static async use(port: number, action: (connection: SoakConnection) => Promise<unknown>): Promise<void> {
    const connection = new SoakConnection(connect(port, '127.0.0.1'));
    try {
      await action(connection);
    } finally {
      connection.socket.destroy();
    }
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Waits until the received text matches, and returns all of it. */
  async waitFor(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + RESPONSE_TIMEOUT_MS;
    while (!pattern.test(this.#received)) {
      if (this.socket.closed || performance.now() > deadline) {
        const received = JSON.stringify(this.#received.slice(0, 200));
        throw new Error(`Expected ${String(pattern)}, received ${received}`);
      }
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
        setTimeout(resolve, 1000);
      });
    }
    return this.#received;
  }

  /** From now on, pauses for 20 ms after each chunk. */
  readSlowly(): void {
    this.socket.on('data', () => {
      this.socket.pause();
      setTimeout(() => this.socket.resume(), 20);
    });
  }
}
