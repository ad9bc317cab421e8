import { describe, expect, it } from 'vitest';
import { digestOf, isApiKeyName, parseApiKeyLines } from './api-keys.js';
import { apiKeyLine, newApiKey } from './new-api-key.js';

describe('a new key', () => {
  it('is long, and another one each time', () => {
    expect(newApiKey()).toMatch(/^[\w-]{32}$/);
    expect(newApiKey()).not.toBe(newApiKey());
  });

  it('has a line for the API_KEYS_FILE that does not tell it', () => {
    const key = newApiKey();
    const line = apiKeyLine('grafana', key);
    expect(line).not.toContain(key);
    expect(parseApiKeyLines(line)).toEqual({
      keys: [{ name: 'grafana', digest: digestOf(key), isShort: false }],
      faults: [],
    });
  });

  it.each(['', 'my name', 'sha256', 'SHA256', '#a', 'a:b', 'a;b', 'a,b', 'a\nb', '-a', 'a'.repeat(65)])(
    'cannot be called %j',
    (name) => expect(isApiKeyName(name)).toBe(false),
  );

  it.each(['a', 'sha256x', 'Team-web_2.0', 'a'.repeat(64)])('can be called %j', (name) => {
    expect(isApiKeyName(name)).toBe(true);
    expect(parseApiKeyLines(apiKeyLine(name, 'x')).faults).toEqual([]);
  });
});
