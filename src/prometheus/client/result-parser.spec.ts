import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResultParser, type Row } from './result-parser.js';

const NAME = fc.oneof(
  fc.constantFrom('a', '__name__', '"result":[', 'metric'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const TEXT = fc.oneof(
  fc.constantFrom(']},{"metric":', ']}', '"result":[', '\\', '"', '{"metric":{'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const POINT = fc.tuple(fc.integer({ min: 0, max: 2e9 }), TEXT);
const ROW: fc.Arbitrary<Row> = fc.oneof(
  fc.record({ metric: fc.dictionary(NAME, TEXT, { maxKeys: 4 }), value: POINT }),
  fc.record({ metric: fc.dictionary(NAME, TEXT, { maxKeys: 4 }), values: fc.array(POINT, { maxLength: 3 }) }),
);

/** Parses a text in parts. */
function parse(parts: readonly string[], status = 200): { rows: Row[]; warnings: readonly string[] } {
  const rows: Row[] = [];
  const parser = new ResultParser(status, (row) => rows.push(row));
  for (const part of parts) parser.add(part);
  return { rows, warnings: parser.end() };
}

/** Splits a text at the given places. */
function split(text: string, places: readonly number[]): readonly string[] {
  const ends = [...places.map((place) => place % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return ends.map((end, n) => text.slice(ends[n - 1] ?? 0, end));
}

function createBody(result: readonly unknown[], extras: object = {}): object {
  return { status: 'success', data: { resultType: 'vector', result }, ...extras };
}

/** Returns the code and the message of the error. */
function findError(text: string, status: number): { code: string; message: string } | undefined {
  try {
    parse([text], status);
    return undefined;
  } catch (error) {
    return error as { code: string; message: string };
  }
}

describe('ResultParser', () => {
  it.each([
    ['compact', undefined],
    ['pretty-printed', 2],
  ])('gives the rows of JSON.parse, for any rows and any parts of a %s text', (_layout, indent) => {
    const rows = fc.array(ROW, { maxLength: 6 });
    const places = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(rows, places, fc.array(TEXT, { maxLength: 2 }), (result, cuts, warnings) => {
        const text = JSON.stringify(createBody(result, { warnings }), undefined, indent);
        const { data } = JSON.parse(text) as { data: { result: Row[] } };
        expect(parse(split(text, cuts))).toEqual({ rows: data.result, warnings });
      }),
    );
  });

  it('passes the complete rows on while the text arrives', () => {
    const rows: Row[] = [];
    const parser = new ResultParser(200, (row) => rows.push(row));
    const text = JSON.stringify(
      createBody([1, 2, 3].map((n) => ({ metric: { n: String(n) }, value: [1, '1'] }))),
    );
    parser.add(text.slice(0, text.indexOf('"3"')));
    expect(rows.map(({ metric }) => metric['n'])).toEqual(['1', '2']);
  });

  it('accepts warnings in front of the rows', () => {
    const text = JSON.stringify({ status: 'success', warnings: ['slow store'], data: { result: [] } });
    expect(parse([text])).toEqual({ rows: [], warnings: ['slow store'] });
  });

  it('turns isPartial into a warning', () => {
    const partial = 'The result is partial: not all storage nodes responded';
    expect(parse([JSON.stringify(createBody([], { isPartial: true }))]).warnings).toEqual([partial]);
    expect(parse([JSON.stringify(createBody([], { isPartial: false }))]).warnings).toEqual([]);
  });

  const API_ERROR = '{"status":"error","errorType":"execution","error":"too many samples"}';
  it.each([
    ['a page', '<html>', 200, 'prometheus_failed', 'Unexpected response of Prometheus: <html>'],
    ['nothing', '', 200, 'prometheus_failed', 'Unexpected response of Prometheus: '],
    ['null', 'null', 200, 'prometheus_failed', 'Unexpected response of Prometheus: null'],
    [
      'another API',
      '{"ok":true}',
      200,
      'prometheus_failed',
      'Unexpected response of Prometheus: {"ok":true}',
    ],
    [
      'a number as a row',
      '{"status":"success","data":{"result":[1]}}',
      200,
      'prometheus_failed',
      'Unexpected response of Prometheus: 1',
    ],
    [
      'an error',
      API_ERROR,
      422,
      'prometheus_failed',
      'Prometheus responded with status 422: too many samples',
    ],
    [
      'an error with 200',
      API_ERROR,
      200,
      'prometheus_failed',
      'Prometheus responded with status 200: too many samples',
    ],
    [
      'a page with 502',
      '<html>',
      502,
      'prometheus_unreachable',
      'Prometheus responded with status 502: <html>',
    ],
    [
      'JSON of a gateway',
      '{"message":"no"}',
      401,
      'prometheus_failed',
      'Prometheus responded with status 401: {"message":"no"}',
    ],
    [
      'a success with 500',
      JSON.stringify(createBody([])),
      500,
      'prometheus_failed',
      expect.stringContaining('status 500') as string,
    ],
  ])('rejects %s', (_what, text, status, code, message) => {
    expect(findError(text, status)).toMatchObject({ code, message });
  });

  it('rejects every text that ends too early', () => {
    const text = JSON.stringify(createBody([{ metric: { a: 'b' }, value: [1, '2'] }], { warnings: ['w'] }));
    for (let length = 0; length < text.length; length++) {
      expect(findError(text.slice(0, length), 200)).toMatchObject({ code: 'prometheus_failed' });
    }
  });

  it('shortens the text in its messages', () => {
    expect(findError('x'.repeat(100_000), 200)?.message.length).toBeLessThan(200);
    expect(findError(`<html>\n${'x'.repeat(100_000)}`, 500)?.message.length).toBeLessThan(400);
  });
});
