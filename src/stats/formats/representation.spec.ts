import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Representation } from './representation.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

function sampleAt(ms: number): StatsSample {
  return { sampledAt: new Date(ms), sampledAtMonotonicMs: 0, durationMs: 0, containers: [], skipped: [] };
}

function join(pieces: readonly (Buffer | string)[]): string {
  return pieces.join('');
}

const withHead = { head: (ageMs: number) => `{"ageMs":${ageMs},`, body: '"name":"ü"}\n' };

describe('Representation', () => {
  it('returns the same buffer every time', () => {
    const representation = new Representation(sampleAt(0), { body: '[1]' });
    expect(join(representation.identity(1))).toBe('[1]');
    expect(representation.identity(2)[0]).toBe(representation.identity(1)[0]);
  });

  it('inserts the age at the time of sending', () => {
    const representation = new Representation(sampleAt(0), withHead);
    expect(join(representation.identity(7))).toBe('{"ageMs":7,"name":"ü"}\n');
    expect(join(representation.identity(8))).toBe('{"ageMs":8,"name":"ü"}\n');
  });

  it('compresses any text without loss', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'binary-ascii' }),
        async (body, head) => {
          for (const content of [{ body }, { body, head: () => head }]) {
            const representation = new Representation(sampleAt(0), content);
            const unpacked = gunzipSync(Buffer.concat(await representation.gzip(0)));
            expect(unpacked).toEqual(Buffer.concat(representation.identity(0)));
          }
        },
      ),
    );
  });

  it('compresses the body only once', async () => {
    const representation = new Representation(sampleAt(0), { ...withHead, body: 'x'.repeat(1_000_000) });
    const [first, second] = [await representation.gzip(1), await representation.gzip(22)];
    expect(Buffer.concat(first).length).toBeLessThan(10_000);
    expect(Buffer.concat(second).length).toBe(Buffer.concat(first).length + 1); // one more digit in the head
    expect(second.filter((piece) => first.includes(piece)).map(({ length }) => length > 500)).toContain(true);
  });

  it('is compressible above 1 KiB', () => {
    expect(new Representation(sampleAt(0), { body: 'x'.repeat(1024) }).isCompressible).toBe(false);
    expect(new Representation(sampleAt(0), { body: 'x'.repeat(1025) }).isCompressible).toBe(true);
  });

  it('has an ETag that depends on sample, text and encoding', () => {
    const etag = (ms: number, body: string): string =>
      new Representation(sampleAt(ms), { body }).etag('identity');
    expect(etag(1, '[1]')).toMatch(/^"[\w-]{22}"$/);
    expect(etag(1, '[1]')).toBe(etag(1, '[1]'));
    const others = Array.from({ length: 500 }, (_, n) => etag(n, '[1]'));
    expect(new Set([...others, etag(1, '[2]')]).size).toBe(501);
    const representation = new Representation(sampleAt(1), { body: '[1]' });
    expect(representation.etag('gzip')).toBe(representation.etag('identity').replace(/"$/, '-gzip"'));
  });

  it('has a weak ETag if the body contains the age', () => {
    expect(new Representation(sampleAt(1), withHead).etag('identity')).toMatch(/^W\/"[\w-]{22}"$/);
  });

  it('formats an event that shares the large buffer', () => {
    const representation = new Representation(sampleAt(0), withHead);
    const text = join(representation.toEvent(5));
    expect(text).toBe('id: 1970-01-01T00:00:00.000Z\nevent: stats\ndata: {"ageMs":5,"name":"ü"}\n\n');
    expect(representation.toEvent(6)).toContain(representation.identity(0).at(-1));
  });
});
