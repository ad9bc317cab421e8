import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Representation } from './representation.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

function sampleAt(ms: number): StatsSample {
  return { sampledAt: new Date(ms), sampledAtMonotonicMs: 0, durationMs: 0, containers: [], skipped: [] };
}

function textOf(pieces: readonly (Buffer | string)[]): string {
  return pieces.join('');
}

const withHead = { head: (ageMs: number) => `{"ageMs":${ageMs},`, body: '"name":"ü"}\n' };

describe('Representation', () => {
  it('gives the same bytes to all who ask', () => {
    const representation = new Representation(sampleAt(0), { body: '[1]' });
    expect(textOf(representation.identity(1))).toBe('[1]');
    expect(representation.identity(2)[0]).toBe(representation.identity(1)[0]);
  });

  it('gives the age at the time of sending', () => {
    const representation = new Representation(sampleAt(0), withHead);
    expect(textOf(representation.identity(7))).toBe('{"ageMs":7,"name":"ü"}\n');
    expect(textOf(representation.identity(8))).toBe('{"ageMs":8,"name":"ü"}\n');
  });

  it('gives the same text compressed, whatever it is', async () => {
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

  it('is compressed once, and smaller', async () => {
    const representation = new Representation(sampleAt(0), { ...withHead, body: 'x'.repeat(1_000_000) });
    const [first, second] = [await representation.gzip(1), await representation.gzip(22)];
    expect(Buffer.concat(first).length).toBeLessThan(10_000);
    expect(Buffer.concat(second).length).toBe(Buffer.concat(first).length + 1); // a digit more in the head
    expect(second.filter((piece) => first.includes(piece)).map(({ length }) => length > 500)).toContain(true);
  });

  it('is worth compressing above 1 KB', () => {
    expect(new Representation(sampleAt(0), { body: 'x'.repeat(1024) }).isCompressible).toBe(false);
    expect(new Representation(sampleAt(0), { body: 'x'.repeat(1025) }).isCompressible).toBe(true);
  });

  it('has an ETag of its sample, its text and its encoding', () => {
    const etag = (ms: number, body: string): string =>
      new Representation(sampleAt(ms), { body }).etag('identity');
    expect(etag(1, '[1]')).toMatch(/^"[\w-]{22}"$/);
    expect(etag(1, '[1]')).toBe(etag(1, '[1]'));
    const others = Array.from({ length: 500 }, (_, n) => etag(n, '[1]'));
    expect(new Set([...others, etag(1, '[2]')]).size).toBe(501);
    const representation = new Representation(sampleAt(1), { body: '[1]' });
    expect(representation.etag('gzip')).toBe(representation.etag('identity').replace(/"$/, '-gzip"'));
  });

  it('has a weak ETag when the age in it differs from answer to answer', () => {
    expect(new Representation(sampleAt(1), withHead).etag('identity')).toMatch(/^W\/"[\w-]{22}"$/);
  });

  it('is an event whose large part all who read it share', () => {
    const representation = new Representation(sampleAt(0), withHead);
    const text = textOf(representation.event(5));
    expect(text).toBe('id: 1970-01-01T00:00:00.000Z\nevent: stats\ndata: {"ageMs":5,"name":"ü"}\n\n');
    expect(representation.event(6)).toContain(representation.identity(0).at(-1));
  });
});
