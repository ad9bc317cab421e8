import { EventEmitter } from 'node:events';
import { Logger, ServiceUnavailableException } from '@nestjs/common';
import type { Response } from 'express';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dockerTimeout } from '../../docker/docker-failures.js';
import { errorBodyOf } from '../../http/errors/error-body.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { StatsStream, type StreamEvent } from './stats-stream.js';

/** What a stream uses of a response: takes pieces, until a test says that the connection is full. */
class FakeResponse extends EventEmitter {
  readonly pieces: string[] = [];
  isFull = false;
  writableNeedDrain = false;
  writableEnded = false;
  destroyed = false;
  readonly req = { socket: { destroy: (): void => this.destroy() } };

  #onTaken: (() => void) | undefined;

  write(piece: string | Buffer, onTaken?: () => void): boolean {
    if (this.writableEnded || this.destroyed) throw new Error('write after end');
    this.pieces.push(piece.toString());
    this.writableNeedDrain = this.isFull;
    this.#onTaken = onTaken;
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

  /** The connection has taken everything. */
  drain(): void {
    this.isFull = false;
    this.writableNeedDrain = false;
    const onTaken = this.#onTaken;
    this.#onTaken = undefined;
    onTaken?.();
  }
}

let response: FakeResponse;
let stream: StatsStream;
let isAllowed: boolean;
let eventOf: (sample: StatsSample) => Promise<StreamEvent>;
let released: number;
beforeEach(() => {
  response = new FakeResponse();
  released = 0;
  eventOf = (taken) => Promise.resolve(eventFor(taken));
  isAllowed = true;
  stream = new StatsStream(response as unknown as Response, {
    isAllowed: () => isAllowed,
    eventOf: (taken) => eventOf(taken),
    errorBodyOf,
  });
});

function sample(n: number): StatsSample {
  return { sampledAt: new Date(0), sampledAtMonotonicMs: 0, durationMs: n, containers: [], skipped: [] };
}

function eventFor(taken: StatsSample): StreamEvent {
  const body = [`<${taken.durationMs}`, '>'].map((piece) => Buffer.from(piece));
  return { sample: taken, body, release: () => released++ };
}

async function settled(): Promise<string> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  return response.pieces.join('');
}

describe('StatsStream', () => {
  it('sends each sample', async () => {
    for (let n = 1; n <= 3; n++) {
      stream.sampled(sample(n));
      await settled();
    }
    expect(await settled()).toBe('<1><2><3>');
  });

  it('keeps the newest alone while the connection is full', async () => {
    response.isFull = true;
    for (let n = 1; n <= 5; n++) {
      stream.sampled(sample(n));
      await settled();
    }
    expect(await settled()).toBe('<1>');
    response.drain();
    expect(await settled()).toBe('<1><5>');
    response.drain();
    expect(await settled()).toBe('<1><5>');
  });

  it('keeps the newest alone while an event is being made, and sends it after that', async () => {
    let finish!: (event: StreamEvent) => void;
    const make = eventOf;
    eventOf = () => new Promise((resolve) => (finish = resolve));
    stream.sampled(sample(1));
    eventOf = make;
    stream.sampled(sample(2));
    stream.sampled(sample(3));
    expect(await settled()).toBe('');
    finish(eventFor(sample(1)));
    expect(await settled()).toBe('<1><3>');
  });

  it('sends a sample once that came while an event was made of it', async () => {
    const [first, second] = [sample(1), sample(2)];
    const make = eventOf;
    eventOf = () => Promise.resolve(eventFor(second)); // it waited its turn, and took the latest
    stream.sampled(first);
    eventOf = make;
    stream.sampled(second);
    expect(await settled()).toBe('<2>');
    expect(await settled()).toBe('<2>');
  });

  it('lets go of an event when the client has it, or has gone', async () => {
    stream.sampled(sample(1));
    await settled();
    expect(released).toBe(1);
    response.isFull = true;
    stream.sampled(sample(2));
    await settled();
    expect(released).toBe(1);
    response.emit('close');
    expect(released).toBe(2);
  });

  it('tells a client whose event is refused for want of memory, and stays open', async () => {
    eventOf = () => Promise.reject(new ServiceUnavailableException('Too much'));
    stream.sampled(sample(1));
    expect(await settled()).toBe(
      'event: error\ndata: {"statusCode":503,"code":"unavailable","message":"Too much"}\n\n',
    );
    expect(response.writableEnded).toBe(false);
  });

  it('lets a newer sample take the place of an error, and the other way round', async () => {
    response.isFull = true;
    stream.sampled(sample(1));
    await settled();
    stream.failed(new Error('x'));
    stream.sampled(sample(2));
    response.drain();
    expect(await settled()).toBe('<1><2>');
    stream.failed(new Error('a secret of ours'));
    expect(await settled()).toBe(
      '<1><2>event: error\ndata: {"statusCode":500,"code":"internal","message":"Internal server error"}\n\n',
    );
  });

  it('tells a client once that docker fails while its event waits for a sample, and stays open', async () => {
    const failure = dockerTimeout(15_000);
    let fail!: () => void;
    eventOf = () => new Promise((_resolve, reject) => (fail = () => reject(failure)));
    stream.sampled(sample(1));
    stream.failed(failure);
    fail();
    expect((await settled()).match(/event: error\ndata: .*"docker_timeout"/g)).toHaveLength(1);
    expect([response.writableEnded, response.destroyed]).toEqual([false, false]);
  });

  it('shows a sign of life', async () => {
    stream.beat();
    stream.beat();
    expect(await settled()).toBe(': still here\n\n: still here\n\n');
  });

  it('gives up a client that takes nothing for four signs of life', async () => {
    response.isFull = true;
    stream.sampled(sample(1));
    await settled();
    for (let n = 1; n <= 3; n++) stream.beat();
    expect(response.destroyed).toBe(false);
    stream.beat();
    expect(response.destroyed).toBe(true);
    expect(await settled()).toBe('<1>');
  });

  it('gives up a client that takes nothing when its key is no longer valid either', async () => {
    response.isFull = true;
    stream.sampled(sample(1));
    await settled();
    isAllowed = false;
    for (let n = 1; n <= 3; n++) stream.beat();
    expect([response.writableEnded, response.destroyed]).toEqual([true, false]);
    stream.beat();
    expect(response.destroyed).toBe(true);
  });

  it('is patient with a client that is slow, and takes something now and then', async () => {
    for (let n = 1; n <= 20; n++) {
      response.isFull = true;
      stream.sampled(sample(n));
      await settled();
      for (let beat = 1; beat <= 3; beat++) stream.beat();
      response.drain();
    }
    expect(response.destroyed).toBe(false);
  });

  it('ends with a hint when to come back, also while an event is being made', async () => {
    stream.sampled(sample(1));
    stream.end(1234);
    expect(response.writableEnded).toBe(true);
    expect(await settled()).toBe('retry: 1234\n\n');
  });

  it('ends behind what the connection has not taken yet, and can be cut off then', async () => {
    response.isFull = true;
    stream.sampled(sample(1));
    await settled();
    stream.end(1234);
    expect(await settled()).toBe('<1>');
    response.drain();
    expect(await settled()).toBe('<1>retry: 1234\n\n');
    expect(response.destroyed).toBe(false);
    stream.cutOff();
    expect(response.destroyed).toBe(true);
  });

  it.each(['ended', 'destroyed'])('writes nothing more once it is %s', async (how) => {
    const logged = vi.spyOn(Logger.prototype, 'error');
    stream.sampled(sample(1)); // is being made
    if (how === 'ended') stream.end(1);
    else response.destroy();
    const before = response.pieces.join('');
    stream.sampled(sample(2));
    stream.failed(new Error('x'));
    stream.beat();
    stream.end(1);
    expect(await settled()).toBe(before);
    expect(logged).not.toHaveBeenCalled();
  });

  it('is cut off when an event cannot be made', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    eventOf = () => Promise.reject(new Error('a bug'));
    stream.sampled(sample(1));
    await settled();
    expect(response.destroyed).toBe(true);
    expect(logged.mock.calls).toEqual([[new Error('a bug')]]);
  });

  it('ends, and sends no more, when its key is no longer valid', async () => {
    stream.sampled(sample(1));
    expect(await settled()).toBe('<1>');
    isAllowed = false;
    stream.sampled(sample(2));
    expect(await settled()).toBe('<1>');
    expect(response.writableEnded).toBe(true);
  });

  it('ends at a sign of life too, when its key is no longer valid', () => {
    isAllowed = false;
    stream.beat();
    expect(response.pieces).toEqual([]);
    expect(response.writableEnded).toBe(true);
  });
});
