import fc from 'fast-check';
import { row } from '../../support/docker/docker-rows.js';
import { readRecordings } from '../../support/docker/recordings.js';

/** Output that real docker CLIs printed: single lines of stdout, and the whole of stderr. */
const RECORDED = readRecordings();
const RECORDED_LINES = [...new Set(RECORDED.flatMap(({ stdout }) => stdout.split('\n')))].filter(Boolean);
const RECORDED_ERRORS = [...new Set(RECORDED.map(({ stderr }) => stderr))].filter(Boolean);

/** Texts that break careless parsers. */
const TRICKY_TEXTS = [
  '',
  '-1',
  '1e999',
  '1e-999',
  'NaN',
  'Infinity',
  '0x10',
  '0B',
  '--',
  ' / ',
  '-- / --',
  '0B / 0B',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '\\ud800',
  '\ud800',
  '\0',
  '\\u0000',
  '\u2028',
  '\u001b[2J',
  '\r',
  '\n',
  '"',
  '{',
  '}',
  '\\',
  '../../x',
  '<script>',
];

/** Values that are no numbers, or too large or too small for one. */
const INVALID_VALUES = [
  '1e999%',
  '-1%',
  'NaN%',
  '1e999kB / 1e-999kB',
  '1e308YiB / 0B',
  '-1B / 1B',
  '1B',
  '9'.repeat(400),
];

const COLUMNS = ['ID', 'Container', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'];

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const trickyText = fc.constantFrom(...TRICKY_TEXTS);
const cell = fc.oneof(trickyText, trickyText, fc.string({ unit: 'binary' }), fc.jsonValue());

/** A row of docker with unusual text in some columns. */
const unusualRow = fc
  .oneof(
    fc.dictionary(fc.constantFrom(...COLUMNS), cell, { maxKeys: 4 }),
    fc.dictionary(fc.constantFrom(...COLUMNS), fc.constantFrom(...INVALID_VALUES), {
      minKeys: 1,
      maxKeys: 1,
    }),
  )
  .map((columns) => row(columns as Parameters<typeof row>[0]).trim());

/** A recorded line in which some pieces are replaced. */
const mutatedLine = fc
  .tuple(
    fc.constantFrom(...RECORDED_LINES),
    fc.array(fc.tuple(fc.nat(400), fc.nat(20), trickyText), { maxLength: 4 }),
  )
  .map(([line, changes]) =>
    changes.reduce(
      (text, [at, length, replacement]) => text.slice(0, at) + replacement + text.slice(at + length),
      line,
    ),
  );

/** JSON that is deep, long, or uses names of `Object.prototype`. */
const unusualJson = fc.oneof(
  fc.json({ maxDepth: 8 }),
  fc.tuple(fc.constantFrom('[', '{"Name":', '[{"ID":'), fc.nat(20_000)).map(([piece, n]) => piece.repeat(n)),
  fc.nat(30_000).map((n) => '['.repeat(n) + ']'.repeat(n)),
  fc.nat(100_000).map((n) => row({ NetIO: ' '.repeat(n) }).trim()),
  fc.constantFrom(
    '{"__proto__":{"Name":"x","ID":"y","CPUPerc":"1%"}}',
    '{"__proto__":null,"constructor":{"prototype":{"Name":"x"}}}',
    row().trim().replace('"Name"', '"__proto__":{"toJSON":1},"Name"'),
    row().trim().replace('{', '{"toJSON":"x","then":"y",'),
  ),
);

const line = fc.oneof(
  bytes,
  ...[mutatedLine, mutatedLine, unusualRow, unusualRow, unusualJson, fc.constant(row().trim())].map((text) =>
    text.map((characters) => Buffer.from(characters)),
  ),
);

/** Arbitrary stdout of docker: several of these lines, sometimes truncated. */
export const anyStdout = fc
  .tuple(
    fc.array(line, { maxLength: 6 }),
    fc.constantFrom('\n', '\n', '\r\n', '\n\n', ''),
    fc.option(fc.nat(2000), { freq: 4 }),
  )
  .map(([lines, separator, end]) =>
    Buffer.concat(lines.flatMap((text) => [text, Buffer.from(separator)])).subarray(0, end ?? undefined),
  );

/** Arbitrary stderr of docker. */
export const anyStderr = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  bytes,
  fc.constantFrom(...RECORDED_ERRORS).map((text) => Buffer.from(text)),
  fc
    .tuple(fc.constantFrom(...RECORDED_ERRORS), bytes)
    .map(([text, more]) => Buffer.from(text + String(more))),
  fc.nat(100_000).map((n) => Buffer.from('Cannot connect to '.repeat(n / 18))),
);
