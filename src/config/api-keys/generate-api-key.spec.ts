import { describe, expect, it } from 'vitest';
import { hashKey, isApiKeyName, parseApiKeyLines } from './api-keys.js';
import { formatApiKeyLine, generateApiKey } from './generate-api-key.js';

describe('a generated API key', () => {
  it('has 32 characters and differs each time', () => {
    expect(generateApiKey()).toMatch(/^[\w-]{32}$/);
    expect(generateApiKey()).not.toBe(generateApiKey());
  });

  it('has a line for API_KEYS_FILE that does not contain the key', () => {
    const key = generateApiKey();
    const line = formatApiKeyLine('grafana', key);
    expect(line).not.toContain(key);
    expect(parseApiKeyLines(line)).toEqual({
      keys: [{ name: 'grafana', digest: hashKey(key), isShort: false }],
      problems: [],
    });
  });

  it.each(['', 'my name', 'sha256', 'SHA256', '#a', 'a:b', 'a;b', 'a,b', 'a\nb', '-a', 'a'.repeat(65)])(
    'cannot have the name %j',
    (name) => expect(isApiKeyName(name)).toBe(false),
  );

  it.each(['a', 'sha256x', 'Team-web_2.0', 'a'.repeat(64)])('can have the name %j', (name) => {
    expect(isApiKeyName(name)).toBe(true);
    expect(parseApiKeyLines(formatApiKeyLine(name, 'x')).problems).toEqual([]);
  });
});
