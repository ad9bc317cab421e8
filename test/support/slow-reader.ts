import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { vi } from 'vitest';
import { KEY } from './test-app.js';

/** Asks for a path, and reads no more than the beginning of the answer until it is told to. */
export class SlowReader {
  readonly #socket: Socket;
  #text = '';
  #isSlow = true;

  constructor(port: string, path: string) {
    this.#socket = connect(Number(port), '127.0.0.1');
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\n\r\n`);
    this.#socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      if (this.#isSlow && this.#text.includes('"containers":')) this.#socket.pause();
    });
  }

  /** Waits for the first of the figures. */
  async hasBegun(): Promise<void> {
    await vi.waitFor(
      () => {
        if (!this.#socket.isPaused()) throw new Error('nothing has come');
      },
      { timeout: 5000 },
    );
  }

  async readAll(): Promise<string> {
    const closed = once(this.#socket, 'close');
    this.#isSlow = false;
    this.#socket.resume();
    await closed;
    return this.#text;
  }
}
