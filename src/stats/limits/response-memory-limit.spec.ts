import { EventEmitter } from 'node:events';
import { ServiceUnavailableException } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { Response } from 'express';
import { beforeEach, describe, expect, it } from 'vitest';
import { ResponseMemoryLimit } from './response-memory-limit.js';

const MB = 2 ** 20;

let bytes: ResponseMemoryLimit;
beforeEach(() => {
  bytes = new ResponseMemoryLimit();
});

function body(megabytes: number): { size: number } {
  return { size: megabytes * MB };
}

describe('ResponseMemoryLimit', () => {
  it('refuses a key another body while 32 MiB are being sent to it, and does not affect other keys', () => {
    const [a, b] = [{ name: 'a' }, { name: 'b' }];
    bytes.reserve(a, body(20));
    const release = bytes.reserve(a, body(12));
    expect(() => bytes.reserve(a, body(1))).toThrow(ThrottlerException);
    expect(() => bytes.assertBelowLimit(a)).toThrow(ThrottlerException);
    bytes.reserve(b, body(1));
    release();
    bytes.reserve(a, body(1));
  });

  it('counts a body once per key, even for many clients', () => {
    const [key, one] = [{ name: 'a' }, body(31)];
    const releases = Array.from({ length: 1000 }, () => bytes.reserve(key, one));
    bytes.assertBelowLimit(key);
    bytes.reserve(key, body(1));
    expect(() => bytes.reserve(key, body(1))).toThrow(ThrottlerException);
    bytes.reserve(key, one); // does not count again
    releases.forEach((release) => release());
    expect(() => bytes.assertBelowLimit(key)).toThrow(ThrottlerException); // one client has not read it yet
  });

  it('counts a body once in total, even for many keys', () => {
    const one = body(31);
    for (let n = 0; n < 100; n++) bytes.reserve({ name: `${n}` }, one);
    expect(() => bytes.assertBelowLimit({ name: 'another' })).not.toThrow();
  });

  it('refuses all keys another body while 128 MiB are being sent in total', () => {
    const releases = ['a', 'b', 'c', 'd'].map((name) => bytes.reserve({ name }, body(32)));
    expect(() => bytes.reserve({ name: 'e' }, body(1))).toThrow(ServiceUnavailableException);
    releases[0]?.();
    bytes.reserve({ name: 'e' }, body(1));
  });

  it('counts a body until its response is closed, and not if it is already closed', () => {
    const key = { name: 'a' };
    const open = Object.assign(new EventEmitter(), { destroyed: false }) as EventEmitter & Response;
    const closed = Object.assign(new EventEmitter(), { destroyed: true }) as EventEmitter & Response;
    bytes.reserveUntilClosed(closed, key, body(32));
    expect(() => bytes.assertBelowLimit(key)).not.toThrow();
    bytes.reserveUntilClosed(open, key, body(32));
    expect(() => bytes.assertBelowLimit(key)).toThrow(ThrottlerException);
    open.emit('close');
    expect(() => bytes.assertBelowLimit(key)).not.toThrow();
  });

  it('ignores a second release', () => {
    const key = { name: 'a' };
    const release = bytes.reserve(key, body(16));
    bytes.reserve(key, body(16));
    release();
    release();
    bytes.reserve(key, body(15));
    bytes.reserve(key, body(1));
    expect(() => bytes.assertBelowLimit(key)).toThrow(ThrottlerException);
  });
});
