import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedBody } from './shared-body.js';

function bytes(text: string): Buffer {
  return Buffer.from(text);
}

describe('SharedBody', () => {
  it.each([
    ['without head and tail', {}, 'shared ü\n'],
    ['with a head', { head: bytes('{"ageMs":7,') }, '{"ageMs":7,shared ü\n'],
    ['with a tail', { tail: bytes('docker_up 1\n') }, 'shared ü\ndocker_up 1\n'],
    ['with a head and a tail', { head: bytes('ä'), tail: bytes('ö') }, 'äshared ü\nö'],
    ['with an empty head and tail', { head: bytes(''), tail: bytes('') }, 'shared ü\n'],
  ])('puts the head before its bytes and the tail after them: %s', async (_what, ends, expected) => {
    const body = new SharedBody(bytes('shared ü\n'));
    expect(Buffer.concat(body.identity(ends)).toString()).toBe(expected);
    expect(gunzipSync(Buffer.concat(await body.gzip(ends))).toString()).toBe(expected);
  });

  it('gives the same bytes from gzip() and identity(), for any bytes and compression level', async () => {
    const anyBytes = fc.uint8Array({ maxLength: 1000 }).map((array) => Buffer.from(array));
    const anyEnds = fc.record({ head: anyBytes, tail: anyBytes }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(anyBytes, anyEnds, anyEnds, fc.constantFrom(-1, 1, 9), async (shared, a, b, level) => {
        const body = new SharedBody(shared, level);
        for (const ends of [a, b, a]) {
          const unpacked = gunzipSync(Buffer.concat(await body.gzip(ends)));
          expect(unpacked).toEqual(Buffer.concat(body.identity(ends)));
        }
      }),
    );
  });

  it('accepts a head of 65,535 bytes, the maximum', async () => {
    const head = Buffer.alloc(65_535, 'head');
    const unpacked = gunzipSync(Buffer.concat(await new SharedBody(bytes('!')).gzip({ head })));
    expect(unpacked).toEqual(Buffer.concat([head, bytes('!')]));
  });

  it('keeps one copy of its bytes and compresses them once, for any number of responses', async () => {
    const body = new SharedBody(Buffer.alloc(100_000, 'web 1\n'));
    const [first, second] = await Promise.all([
      body.gzip({ tail: bytes('a') }),
      body.gzip({ head: bytes('b') }),
    ]);
    expect(first[1]?.length).toBeGreaterThan(100);
    expect(second).toContain(first[1]);
    expect(await body.gzip()).toContain(first[1]);
    expect(body.identity({ tail: bytes('a') })).toContain(body.bytes);
  });

  it('adds no empty buffers when there is no head and no tail', () => {
    expect(new SharedBody(bytes('x')).identity()).toHaveLength(1);
  });
});
