import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { vi } from 'vitest';
import { KEY } from '../service/test-app.js';

/** A client that requests a path and reads only the beginning of the response until `readAll()`. */
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

  /** Waits until the first part of the body is received and reading is paused. */
  async waitUntilPaused(): Promise<void> {
    await vi.waitFor(
      () => {
        if (!this.#socket.isPaused()) throw new Error('no body received');
      },
      { timeout: 15_000 }, // on a busy machine, the first sample of many containers takes seconds
    );
  }

  /** Reads until the connection is closed. Returns everything received. */
  async readAll(): Promise<string> {
    const closed = once(this.#socket, 'close');
    this.#isSlow = false;
    this.#socket.resume();
    await closed;
    return this.#text;
  }
}
