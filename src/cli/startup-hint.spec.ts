import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../config/settings.js';
import { formatStartupHint, toLocalUrl } from './startup-hint.js';

const PLAIN = { DASHBOARD: false, DOCS: false } as Settings;
const URL = 'http://127.0.0.1:5005';

describe('the URL printed at startup', () => {
  it.each([
    ['0.0.0.0', 'IPv4', 'http://127.0.0.1:5005'],
    ['::', 'IPv6', 'http://127.0.0.1:5005'],
    ['192.0.2.1', 'IPv4', 'http://192.0.2.1:5005'],
    ['::1', 'IPv6', 'http://[::1]:5005'],
  ])('for the listening address %s (%s) is %s', (address, family, url) =>
    expect(toLocalUrl(PLAIN, { address, family, port: 5005 })).toBe(url),
  );

  it('starts with https when TLS is configured', () => {
    const settings = { TLS_CERT_FILE: 'tls.crt' } as Settings;
    expect(toLocalUrl(settings, { address: '::', family: 'IPv6', port: 1 })).toBe('https://127.0.0.1:1');
  });
});

describe('the startup hint', () => {
  it('contains the generated API key', () => {
    expect(formatStartupHint(PLAIN, URL, 'made-key')).toBe(
      'No API key is configured. This generated key is valid until the service stops:\n\n' +
        "  curl -H 'X-API-Key: made-key' http://127.0.0.1:5005/stats\n",
    );
  });

  it('contains a placeholder instead of a configured API key', () => {
    expect(formatStartupHint(PLAIN, URL)).toBe(
      "Try:\n\n  curl -H 'X-API-Key: YOUR_KEY' http://127.0.0.1:5005/stats\n",
    );
  });

  it('contains a link that opens the page with the generated API key', () => {
    expect(formatStartupHint({ DASHBOARD: true } as Settings, URL, 'made-key')).toMatch(
      /\/stats\n\nIn a browser: http:\/\/127\.0\.0\.1:5005\/#key=made-key\n$/,
    );
  });

  it('contains a link to the page without a key if a key is configured', () => {
    expect(formatStartupHint({ DASHBOARD: true } as Settings, URL)).toMatch(
      /\/stats\n\nIn a browser: http:\/\/127\.0\.0\.1:5005\/\n$/,
    );
  });

  it('contains the URL of the API documentation unless DOCS is false', () => {
    expect(formatStartupHint({ DOCS: true } as Settings, URL)).toMatch(
      /\/stats\n\nAPI documentation: http:\/\/127\.0\.0\.1:5005\/docs\n$/,
    );
  });

  it('quotes an IPv6 URL, which zsh would treat as a pattern', () => {
    expect(formatStartupHint(PLAIN, 'http://[::1]:5005')).toContain(" 'http://[::1]:5005/stats'\n");
  });

  it('passes the TLS certificates to curl, quoted for the shell', () => {
    const settings = { TLS_CERT_FILE: "it's $HOME.crt", TLS_CLIENT_CA_FILE: 'ca.crt' } as Settings;
    const [, , command = ''] = formatStartupHint(settings, 'https://127.0.0.1:1', 'made-key').split('\n');
    const words = execFileSync('/bin/sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${command}`]).toString();
    expect(words.trim().split('\n')).toEqual([
      '--cacert',
      "it's $HOME.crt",
      '--cert',
      'YOUR_CERT_FILE',
      '--key',
      'YOUR_KEY_FILE',
      '-H',
      'X-API-Key: made-key',
      'https://127.0.0.1:1/stats',
    ]);
  });
});
