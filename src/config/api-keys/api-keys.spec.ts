import { describe, expect, it } from 'vitest';
import { hashKey, parseApiKeyLines, parseApiKeys } from './api-keys.js';

const KEY = 'k'.repeat(16);
const HASHED = `sha256:${hashKey(KEY).toString('hex')}`;

describe('API_KEYS', () => {
  it('accepts keys with and without a name', () => {
    const { keys, problems } = parseApiKeys(`grafana:${KEY},short,ci:a-._~+/9==`);
    expect(keys).toEqual([
      { name: 'grafana', digest: hashKey(KEY), isShort: false },
      { name: 'key-2', digest: hashKey('short'), isShort: true },
      { name: 'ci', digest: hashKey('a-._~+/9=='), isShort: true },
    ]);
    expect(problems).toEqual([]);
  });

  it('accepts hashes and options, also for a key without a name', () => {
    expect(parseApiKeys(`${KEY}2;expires=2027-01-31,ci:${HASHED};containers=web-*|db-?`)).toEqual({
      keys: [
        { name: 'key-1', digest: hashKey(`${KEY}2`), isShort: false, expiresAt: Date.UTC(2027, 1, 1) },
        { name: 'ci', digest: hashKey(KEY), isShort: false, containers: ['web-*', 'db-?'] },
      ],
      problems: [],
    });
  });

  it('is parsed into hashes, without the keys', () => {
    expect(JSON.stringify(parseApiKeys(`ci:${KEY}`))).not.toContain(KEY);
  });

  it.each([
    ['a,,b', 'entry 2 must not be empty'],
    ['a,', 'entry 2 must not be empty'],
    ['ci:', 'entry 1 must not be empty'],
    [':a', 'entry 1 must have a name of 1 to 64 letters, digits, ".", "_" or "-"'],
    ['my name:a', 'entry 1 must have a name of 1 to 64 letters, digits, ".", "_" or "-"'],
    ['a b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" only at the end'],
    ['ci:a:b', 'entry 1 must have a key of letters, digits and "-._~+/", with "=" only at the end'],
    ['a, b', 'entry 2 must have a key of letters, digits and "-._~+/", with "=" only at the end'],
    ['ci:a,ci:b', 'entry 2 must not repeat the name of an earlier key'],
    ['ci:a,cd:a', 'entry 2 must not repeat an earlier key'],
    [`ci:${HASHED},cd:${KEY}`, 'entry 2 must not repeat an earlier key'],
    [HASHED, 'entry 1 must have a name before sha256:'],
    [HASHED.toUpperCase(), 'entry 1 must have a name before sha256:'],
    [`ci:${KEY};containers=frontend,payments-database`, 'entry 2 must be name:KEY or name:sha256:HEX'],
  ])('rejects %j: %s', (text, problem) => expect(parseApiKeys(text).problems).toEqual([problem]));
});

describe('API_KEYS_FILE', () => {
  it('accepts one key with its options per line, and ignores comments and empty lines', () => {
    const text = `\uFEFF# keys\r\ngrafana:${KEY}\r\n\r\n  # more\nci:${HASHED};expires=2028-02-29;containers=a|a\n`;
    expect(parseApiKeyLines(new TextDecoder().decode(Buffer.from(text)))).toEqual({
      keys: [{ name: 'grafana', digest: hashKey(KEY), isShort: false }],
      problems: ['line 5 must not repeat an earlier key'],
    });
    expect(
      parseApiKeyLines(`ci:${HASHED};expires=2028-02-29;containers=a|a;projects=shop|web-*\n`).keys,
    ).toEqual([
      {
        name: 'ci',
        digest: hashKey(KEY),
        isShort: false,
        containers: ['a'],
        projects: ['shop', 'web-*'],
        expiresAt: Date.UTC(2028, 2, 1),
      },
    ]);
  });

  const OPTIONS =
    'must have no options other than containers=, projects=, hosts= and expires=, each at most once';
  const CONTAINERS = 'must have names or patterns separated by "|" after containers=';
  const EXPIRES = 'must have a date such as 2027-01-31 after expires=';
  const SECRET = 'must have a key of letters, digits and "-._~+/", with "=" only at the end';
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
    [`a:${KEY};projects=`, CONTAINERS.replace('containers', 'projects')],
    [`a:${KEY};projects=shop;projects=web`, OPTIONS],
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
  ])('rejects the line %j: %s', (line, problem) => {
    expect(parseApiKeyLines(`ok:${KEY}ok\n${line}\n`).problems).toEqual([`line 2 ${problem}`]);
  });
});
