import { describe, expect, it } from 'vitest';
import { digestOf, parseApiKeyLines, parseApiKeys } from './api-keys.js';

const KEY = 'k'.repeat(16);
const HASHED = `sha256:${digestOf(KEY).toString('hex')}`;

describe('API_KEYS', () => {
  it('takes names and bare keys', () => {
    const { keys, faults } = parseApiKeys(`grafana:${KEY},short,ci:a-._~+/9==`);
    expect(keys).toEqual([
      { name: 'grafana', digest: digestOf(KEY), isShort: false },
      { name: 'key-2', digest: digestOf('short'), isShort: true },
      { name: 'ci', digest: digestOf('a-._~+/9=='), isShort: true },
    ]);
    expect(faults).toEqual([]);
  });

  it('takes digests and options, with a bare key too', () => {
    expect(parseApiKeys(`${KEY}2;expires=2027-01-31,ci:${HASHED};containers=web-*|db-?`)).toEqual({
      keys: [
        { name: 'key-1', digest: digestOf(`${KEY}2`), isShort: false, expiresAt: Date.UTC(2027, 1, 1) },
        { name: 'ci', digest: digestOf(KEY), isShort: false, containers: ['web-*', 'db-?'] },
      ],
      faults: [],
    });
  });

  it('keeps digests and not the keys', () => {
    expect(JSON.stringify(parseApiKeys(`ci:${KEY}`))).not.toContain(KEY);
  });

  it.each([
    ['a,,b', 'entry 2 must not be empty'],
    ['a,', 'entry 2 must not be empty'],
    ['ci:', 'entry 1 must not be empty'],
    [':a', 'entry 1 must have a name of 1 to 64 letters, digits, ".", "_" or "-"'],
    ['my name:a', 'entry 1 must have a name of 1 to 64 letters, digits, ".", "_" or "-"'],
    ['a b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['ci:a:b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['a, b', 'entry 2 must have a key of letters, digits and "-._~+/", with "=" at its end only'],
    ['ci:a,ci:b', 'entry 2 must not repeat the name of an earlier key'],
    ['ci:a,cd:a', 'entry 2 must not repeat an earlier key'],
    [`ci:${HASHED},cd:${KEY}`, 'entry 2 must not repeat an earlier key'],
    [HASHED, 'entry 1 must have a name before sha256:'],
    [HASHED.toUpperCase(), 'entry 1 must have a name before sha256:'],
    [`ci:${KEY};containers=frontend,payments-database`, 'entry 2 must be name:KEY or name:sha256:HEX'],
  ])('refuses %j', (text, fault) => expect(parseApiKeys(text).faults).toEqual([fault]));
});

describe('a line of the API_KEYS_FILE', () => {
  it('is a key with its options; the others are comments or empty', () => {
    const text = `\uFEFF# keys\r\ngrafana:${KEY}\r\n\r\n  # more\nci:${HASHED};expires=2028-02-29;containers=a|a\n`;
    expect(parseApiKeyLines(new TextDecoder().decode(Buffer.from(text)))).toEqual({
      keys: [{ name: 'grafana', digest: digestOf(KEY), isShort: false }],
      faults: ['line 5 must not repeat an earlier key'],
    });
    expect(parseApiKeyLines(`ci:${HASHED};expires=2028-02-29;containers=a|a\n`).keys).toEqual([
      {
        name: 'ci',
        digest: digestOf(KEY),
        isShort: false,
        containers: ['a'],
        expiresAt: Date.UTC(2028, 2, 1),
      },
    ]);
  });

  const OPTIONS = 'must have nothing behind the key but containers= and expires=, each once';
  const CONTAINERS = 'must have container names or patterns after containers=, between "|"';
  const EXPIRES = 'must have a date such as 2027-01-31 after expires=';
  const SECRET = 'must have a key of letters, digits and "-._~+/", with "=" at its end only';
  const DIGEST = 'must have 64 hexadecimal digits after sha256:';
  it.each([
    [KEY, 'must be name:KEY or name:sha256:HEX'],
    [`a:${KEY} # mine`, SECRET],
    [`a:${KEY} `, SECRET],
    [`a:${KEY},b:${KEY}`, SECRET],
    [`a:sha256:${KEY}`, DIGEST],
    [`a:${HASHED}0`, DIGEST],
    ['a:sha256:', DIGEST],
    [`a:SHA256:${HASHED}`, SECRET],
    [`a:${KEY};`, OPTIONS],
    [`a:${KEY};;containers=web`, OPTIONS],
    [`a:${KEY};containers`, CONTAINERS],
    [`a:${KEY};containers=`, CONTAINERS],
    [`a:${KEY};containers=web|`, CONTAINERS],
    [`a:${KEY};containers=|web`, CONTAINERS],
    [`a:${KEY};containers=web,db`, CONTAINERS],
    [`a:${KEY};containers=web db`, CONTAINERS],
    [`a:${KEY};containers= web`, CONTAINERS],
    [`a:${KEY};container=web`, OPTIONS],
    [`a:${KEY};Containers=web`, OPTIONS],
    [`a:${KEY}; containers=web`, OPTIONS],
    [`a:${KEY};containers=web;containers=*`, OPTIONS],
    [`a:${KEY};containers=web expires=2027-01-31`, CONTAINERS],
    [`a:${KEY};expires=`, EXPIRES],
    [`a:${KEY};expires=2027-1-31`, EXPIRES],
    [`a:${KEY};expires=2027-02-29`, EXPIRES],
    [`a:${KEY};expires=2027-13-01`, EXPIRES],
    [`a:${KEY};expires=2027-01-31T00:00:00Z`, EXPIRES],
    [`a:${KEY};expires=never`, EXPIRES],
    [`a:${KEY};expires=2027-01-31;expires=2028-01-31`, OPTIONS],
    [`a:${KEY};scope=web`, OPTIONS],
  ])('is refused whole, with its number: %j', (line, fault) => {
    expect(parseApiKeyLines(`ok:${KEY}ok\n${line}\n`).faults).toEqual([`line 2 ${fault}`]);
  });
});
