import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../config/settings.js';
import { terminalHint, localUrl } from './terminal-hint.js';

const PLAIN = { DOCS: false } as Settings;
const URL = 'http://127.0.0.1:5005';

describe('the address', () => {
  it.each([
    ['0.0.0.0', 'IPv4', 'http://127.0.0.1:5005'],
    ['::', 'IPv6', 'http://127.0.0.1:5005'],
    ['192.0.2.1', 'IPv4', 'http://192.0.2.1:5005'],
    ['::1', 'IPv6', 'http://[::1]:5005'],
  ])('of %s is one to open', (address, family, url) =>
    expect(localUrl(PLAIN, { address, family, port: 5005 })).toBe(url),
  );

  it('has the scheme of TLS where it is spoken', () => {
    const settings = { TLS_CERT_FILE: 'tls.crt' } as Settings;
    expect(localUrl(settings, { address: '::', family: 'IPv6', port: 1 })).toBe('https://127.0.0.1:1');
  });
});

describe('the hint at the terminal', () => {
  it('has the key that was made for this run', () => {
    expect(terminalHint(PLAIN, URL, 'made-key')).toBe(
      'No API key is set. With the one made for this run, try:\n\n' +
        "  curl -H 'X-API-Key: made-key' http://127.0.0.1:5005/stats\n",
    );
  });

  it('leaves room for a key that was configured', () => {
    expect(terminalHint(PLAIN, URL)).toBe(
      "Try:\n\n  curl -H 'X-API-Key: YOUR_KEY' http://127.0.0.1:5005/stats\n",
    );
  });

  it('leads to the docs, where they are on', () => {
    expect(terminalHint({ DOCS: true } as Settings, URL)).toMatch(
      /\/stats\n\nAll routes: http:\/\/127\.0\.0\.1:5005\/docs\n$/,
    );
  });

  it('quotes an address that zsh would take for a pattern', () => {
    expect(terminalHint(PLAIN, 'http://[::1]:5005')).toContain(" 'http://[::1]:5005/stats'\n");
  });

  it('names the certificates that TLS takes, as a shell reads them', () => {
    const settings = { TLS_CERT_FILE: "it's $HOME.crt", TLS_CLIENT_CA_FILE: 'ca.crt' } as Settings;
    const [, , command = ''] = terminalHint(settings, 'https://127.0.0.1:1', 'made-key').split('\n');
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
