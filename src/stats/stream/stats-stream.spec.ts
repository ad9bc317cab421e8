import { EventEmitter } from 'node:events';
import { Logger, ServiceUnavailableException } from '@nestjs/common';
import type { Response } from 'express';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createTimeoutError } from '../../docker/cli/docker-failures.js';
import { toErrorBody } from '../../http/errors/error-body.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { StatsStream, type StreamEvent } from './stats-stream.js';

/** The part of a response that a stream uses: accepts pieces until a test sets `isFull`. */
class FakeResponse extends EventEmitter {
  readonly pieces: string[] = [];
  isFull = false;
  writableNeedDrain = false;
  writableEnded = false;
  destroyed = false;
  readonly req = { socket: { destroy: (): void => this.destroy() } };

  #onDrained: (() => void) | undefined;

  write(piece: string | Buffer, onDrained?: () => void): boolean {
    if (this.writableEnded || this.destroyed) throw new Error('write after end');
    this.pieces.push(piece.toString());
    this.writableNeedDrain = this.isFull;
    this.#onDrained = onDrained;
    if (!this.isFull) setImmediate(() => this.drain());
    return !this.isFull;
  }

  end(piece?: string): void {
    if (piece !== undefined) this.write(piece);
    this.writableEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** Simulates that the client has read everything. */
  drain(): void {
    this.isFull = false;
    this.writableNeedDrain = false;
    const onDrained = this.#onDrained;
    this.#onDrained = undefined;
    onDrained?.();
  }
}

let response: FakeResponse;
let stream: StatsStream;
let isAllowed: boolean;
let createEvent: (sample: StatsSample) => Promise<StreamEvent>;
let released: number;
beforeEach(() => {
  response = new FakeResponse();
  released = 0;
  createEvent = (used) => Promise.resolve(buildEvent(used));
  isAllowed = true;
  stream = new StatsStream(response as unknown as Response, {
    isAllowed: () => isAllowed,
    createEvent: (used) => createEvent(used),
    toErrorBody: toErrorBody,
  });
});

function sample(n: number): StatsSample {
  return { sampledAt: new Date(0), sampledAtMonotonicMs: 0, durationMs: n, containers: [], skipped: [] };
}

function buildEvent(used: StatsSample): StreamEvent {
  const body = [`<${used.durationMs}`, '>'].map((piece) => Buffer.from(piece));
  return { sample: used, body, release: () => released++ };
}

/** Waits for pending work; returns everything that was written. */
async function readAll(): Promise<string> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  return response.pieces.join('');
}

describe('StatsStream', () => {
  it('sends each sample', async () => {
    for (let n = 1; n <= 3; n++) {
      stream.onSample(sample(n));
      await readAll();
    }
    expect(await readAll()).toBe('<1><2><3>');
  });

  it('sends only the newest sample after a full connection drains', async () => {
    response.isFull = true;
    for (let n = 1; n <= 5; n++) {
      stream.onSample(sample(n));
      await readAll();
    }
    expect(await readAll()).toBe('<1>');
    response.drain();
    expect(await readAll()).toBe('<1><5>');
    response.drain();
    expect(await readAll()).toBe('<1><5>');
  });

  it('sends only the newest sample after an event that takes long to make', async () => {
    let finish!: (event: StreamEvent) => void;
    const make = createEvent;
    createEvent = () => new Promise((resolve) => (finish = resolve));
    stream.onSample(sample(1));
    createEvent = make;
    stream.onSample(sample(2));
    stream.onSample(sample(3));
    expect(await readAll()).toBe('');
    finish(buildEvent(sample(1)));
    expect(await readAll()).toBe('<1><3>');
  });

  it('sends a sample once if it arrives while its event is being made', async () => {
    const [first, second] = [sample(1), sample(2)];
    const make = createEvent;
    createEvent = () => Promise.resolve(buildEvent(second)); // waited in the queue and used the newer sample
    stream.onSample(first);
    createEvent = make;
    stream.onSample(second);
    expect(await readAll()).toBe('<2>');
    expect(await readAll()).toBe('<2>');
  });

  it('releases an event after it is sent, or the client disconnects', async () => {
    stream.onSample(sample(1));
    await readAll();
    expect(released).toBe(1);
    response.isFull = true;
    stream.onSample(sample(2));
    await readAll();
    expect(released).toBe(1);
    response.emit('close');
    expect(released).toBe(2);
  });

  it('sends an error event if making an event is refused, and stays open', async () => {
    createEvent = () => Promise.reject(new ServiceUnavailableException('Too much'));
    stream.onSample(sample(1));
    expect(await readAll()).toBe(
      'event: error\ndata: {"statusCode":503,"code":"unavailable","message":"Too much"}\n\n',
    );
    expect(response.writableEnded).toBe(false);
  });

  it('replaces a waiting error by a newer sample, and hides internal errors', async () => {
    response.isFull = true;
    stream.onSample(sample(1));
    await readAll();
    stream.onFailure(new Error('x'));
    stream.onSample(sample(2));
    response.drain();
    expect(await readAll()).toBe('<1><2>');
    stream.onFailure(new Error('internal details'));
    expect(await readAll()).toBe(
      '<1><2>event: error\ndata: {"statusCode":500,"code":"internal","message":"Internal server error"}\n\n',
    );
  });

  it('sends one error event if docker fails while an event waits for a sample, and stays open', async () => {
    const failure = createTimeoutError(15_000);
    let fail!: () => void;
    createEvent = () => new Promise((_resolve, reject) => (fail = () => reject(failure)));
    stream.onSample(sample(1));
    stream.onFailure(failure);
    fail();
    expect((await readAll()).match(/event: error\ndata: .*"docker_timeout"/g)).toHaveLength(1);
    expect([response.writableEnded, response.destroyed]).toEqual([false, false]);
  });

  it('sends heartbeats', async () => {
    stream.sendHeartbeat();
    stream.sendHeartbeat();
    expect(await readAll()).toBe(': still here\n\n: still here\n\n');
  });

  it('closes the connection if the client reads nothing during four heartbeats', async () => {
    response.isFull = true;
    stream.onSample(sample(1));
    await readAll();
    for (let n = 1; n <= 3; n++) stream.sendHeartbeat();
    expect(response.destroyed).toBe(false);
    stream.sendHeartbeat();
    expect(response.destroyed).toBe(true);
    expect(await readAll()).toBe('<1>');
  });

  it('closes the connection of a revoked key if the client reads nothing during four heartbeats', async () => {
    response.isFull = true;
    stream.onSample(sample(1));
    await readAll();
    isAllowed = false;
    for (let n = 1; n <= 3; n++) stream.sendHeartbeat();
    expect([response.writableEnded, response.destroyed]).toEqual([true, false]);
    stream.sendHeartbeat();
    expect(response.destroyed).toBe(true);
  });

  it('keeps the connection of a slow client that still reads', async () => {
    for (let n = 1; n <= 20; n++) {
      response.isFull = true;
      stream.onSample(sample(n));
      await readAll();
      for (let beat = 1; beat <= 3; beat++) stream.sendHeartbeat();
      response.drain();
    }
    expect(response.destroyed).toBe(false);
  });

  it('ends with a retry time, even while an event is being made', async () => {
    stream.onSample(sample(1));
    stream.end(1234);
    expect(response.writableEnded).toBe(true);
    expect(await readAll()).toBe('retry: 1234\n\n');
  });

  it('ends after the event that is being sent, and can be closed after that', async () => {
    response.isFull = true;
    stream.onSample(sample(1));
    await readAll();
    stream.end(1234);
    expect(await readAll()).toBe('<1>');
    response.drain();
    expect(await readAll()).toBe('<1>retry: 1234\n\n');
    expect(response.destroyed).toBe(false);
    stream.close();
    expect(response.destroyed).toBe(true);
  });

  it.each(['ended', 'destroyed'])('writes nothing after it is %s', async (how) => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    stream.onSample(sample(1)); // its event is being made
    if (how === 'ended') stream.end(1);
    else response.destroy();
    const before = response.pieces.join('');
    stream.onSample(sample(2));
    stream.onFailure(new Error('x'));
    stream.sendHeartbeat();
    stream.end(1);
    expect(await readAll()).toBe(before);
    expect(logged).not.toHaveBeenCalled();
  });

  it('closes the connection and logs if an event cannot be made', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    createEvent = () => Promise.reject(new Error('a bug'));
    stream.onSample(sample(1));
    await readAll();
    expect(response.destroyed).toBe(true);
    expect(logged.mock.calls).toEqual([[new Error('a bug')]]);
  });

  it('ends instead of sending an event if the key is revoked', async () => {
    stream.onSample(sample(1));
    expect(await readAll()).toBe('<1>');
    isAllowed = false;
    stream.onSample(sample(2));
    expect(await readAll()).toBe('<1>');
    expect(response.writableEnded).toBe(true);
  });

  it('ends instead of sending a heartbeat if the key is revoked', () => {
    isAllowed = false;
    stream.sendHeartbeat();
    expect(response.pieces).toEqual([]);
    expect(response.writableEnded).toBe(true);
  });
});
