import { EventEmitter } from 'node:events';
import { ServiceUnavailableException } from '@nestjs/common';
import { ThrottlerException } from '@nestjs/throttler';
import type { Response } from 'express';
import { beforeEach, describe, expect, it } from 'vitest';
import { BytesInUse } from './bytes-in-use.js';

const MB = 2 ** 20;

let bytes: BytesInUse;
beforeEach(() => {
  bytes = new BytesInUse();
});

function body(megabytes: number): { size: number } {
  return { size: megabytes * MB };
}

describe('BytesInUse', () => {
  it('refuses a key another body while it has 32 MB on the way, and lets the others have theirs', () => {
    const [a, b] = [{ name: 'a' }, { name: 'b' }];
    bytes.use(a, body(20));
    const release = bytes.use(a, body(12));
    expect(() => bytes.use(a, body(1))).toThrow(ThrottlerException);
    expect(() => bytes.check(a)).toThrow(ThrottlerException);
    bytes.use(b, body(1));
    release();
    bytes.use(a, body(1));
  });

  it('counts a body once, however many clients get it', () => {
    const [key, one] = [{ name: 'a' }, body(31)];
    const releases = Array.from({ length: 1000 }, () => bytes.use(key, one));
    bytes.check(key);
    bytes.use(key, body(1));
    expect(() => bytes.use(key, body(1))).toThrow(ThrottlerException);
    bytes.use(key, one); // costs nothing more
    releases.forEach((release) => release());
    expect(() => bytes.check(key)).toThrow(ThrottlerException); // one client has not read it yet
  });

  it('counts a body once, however many keys get it', () => {
    const one = body(31);
    for (let n = 0; n < 100; n++) bytes.use({ name: `${n}` }, one);
    expect(() => bytes.check({ name: 'another' })).not.toThrow();
  });

  it('refuses everybody another body while 128 MB are on the way', () => {
    const releases = ['a', 'b', 'c', 'd'].map((name) => bytes.use({ name }, body(32)));
    expect(() => bytes.use({ name: 'e' }, body(1))).toThrow(ServiceUnavailableException);
    releases[0]?.();
    bytes.use({ name: 'e' }, body(1));
  });

  it('counts a body until its response is closed, and not at all when the client has gone already', () => {
    const key = { name: 'a' };
    const open = Object.assign(new EventEmitter(), { destroyed: false }) as EventEmitter & Response;
    const gone = Object.assign(new EventEmitter(), { destroyed: true }) as EventEmitter & Response;
    bytes.useFor(gone, key, body(32));
    expect(() => bytes.check(key)).not.toThrow();
    bytes.useFor(open, key, body(32));
    expect(() => bytes.check(key)).toThrow(ThrottlerException);
    open.emit('close');
    expect(() => bytes.check(key)).not.toThrow();
  });

  it('is not confused by a release that comes twice', () => {
    const key = { name: 'a' };
    const release = bytes.use(key, body(16));
    bytes.use(key, body(16));
    release();
    release();
    bytes.use(key, body(15));
    bytes.use(key, body(1));
    expect(() => bytes.check(key)).toThrow(ThrottlerException);
  });
});
