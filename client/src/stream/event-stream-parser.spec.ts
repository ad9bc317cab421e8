import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser, type ServerSentEvent } from './event-stream-parser.js';

/** Parses bytes that arrive in these pieces. */
function parse(...pieces: (string | Uint8Array)[]): ServerSentEvent[] {
  const parser = new EventStreamParser();
  return pieces.flatMap((piece) => parser.push(typeof piece === 'string' ? Buffer.from(piece) : piece));
}

describe('EventStreamParser', () => {
  it('parses type and data', () => {
    expect(parse('event: stats\ndata: []\n\ndata: x\n\n')).toEqual([
      { type: 'stats', data: '[]' },
      { type: 'message', data: 'x' },
    ]);
  });

  it.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('accepts %s as the end of a line, wherever the bytes are split', (_name, end) => {
    const bytes = Buffer.from(['event: stats', 'data: ä€🐳', '', 'data: b', '', ''].join(end));
    for (let at = 0; at <= bytes.length; at++) {
      expect(parse(bytes.subarray(0, at), bytes.subarray(at))).toEqual([
        { type: 'stats', data: 'ä€🐳' },
        { type: 'message', data: 'b' },
      ]);
    }
  });

  it('returns an event as soon as its last line ends, also with CR alone', () => {
    const parser = new EventStreamParser();
    expect(parser.push(Buffer.from('data: a\r\n\r'))).toEqual([{ type: 'message', data: 'a' }]);
    expect(parser.push(Buffer.from('\n'))).toEqual([]);
    expect(parser.push(Buffer.from('data: b\r\n\r\n'))).toEqual([{ type: 'message', data: 'b' }]);
  });

  it('ignores empty pieces between CR and LF', () => {
    expect(parse('data: a\r', '', '\ndata: b\r\n\r\n')).toEqual([{ type: 'message', data: 'a\nb' }]);
  });

  it('joins several lines of data with a line feed', () => {
    expect(parse('data: a\ndata\ndata:  b\n\n')).toEqual([{ type: 'message', data: 'a\n\n b' }]);
  });

  it('ignores comments, ids, unknown fields, events without data, and an incomplete event', () => {
    expect(
      parse(': still here\n\nid: 1\nother: 2\nDATA: 3\n\nevent: stats\n\ndata\n\nevent: x\ndata: 1\n'),
    ).toEqual([{ type: 'message', data: '' }]);
  });

  it('removes one byte order mark', () => {
    expect(parse('\uFEFFdata: a\n\n')).toEqual([{ type: 'message', data: 'a' }]);
    expect(parse('\uFEFF\uFEFFdata: a\n\n')).toEqual([]);
  });

  it('keeps the last valid retry time', () => {
    const parser = new EventStreamParser();
    parser.push(Buffer.from('retry: 2500\nretry: soon\nretry: -1\nretry\n'));
    expect(parser.retryMs).toBe(2500);
  });

  it('reports the length of the incomplete event', () => {
    const parser = new EventStreamParser();
    parser.push(Buffer.from('data: 123'));
    parser.push(Buffer.from('456\ndata: 7'));
    expect(parser.pendingLength).toBe(19);
    parser.push(Buffer.from('\n\n'));
    expect(parser.pendingLength).toBe(0);
  });

  it('returns the same events however the bytes are split', () => {
    const line = fc.oneof(
      fc.constantFrom('', 'data', 'data: ', 'event: stats', ':', 'retry: 1'),
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `data: ${text}`),
    );
    const text = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')))
      .map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 200 })), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const edges = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b),
          bytes.length,
        ];
        const pieces = edges.slice(1).map((edge, n) => bytes.subarray(edges[n], edge));
        expect(parse(...pieces)).toEqual(parse(bytes));
      }),
    );
  });

  it('returns exactly the data that was sent, for random events', () => {
    const data = fc.array(
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(fc.array(data), (events) => {
        const text = events.map((lines) => `${lines.map((one) => `data: ${one}\n`).join('')}\n`).join('');
        expect(parse(text).map((event) => event.data)).toEqual(events.map((lines) => lines.join('\n')));
      }),
    );
  });
});
