import type { AddressInfo } from 'node:net';
import type { Settings } from '../config/settings.js';

/** The service's address as somebody on this machine can open it. */
export function localUrl({ TLS_CERT_FILE }: Settings, { address, family, port }: AddressInfo): string {
  const scheme = TLS_CERT_FILE === undefined ? 'http' : 'https';
  if (address === '0.0.0.0' || address === '::') return `${scheme}://127.0.0.1:${port}`;
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Words for the person at the terminal: a command to copy, with the key where one was made for this run, and where the docs are. */
export function terminalHint(settings: Settings, url: string, generatedKey?: string): string {
  const why = generatedKey === undefined ? 'Try:' : 'No API key is set. With the one made for this run, try:';
  const command = curlCommand(settings, url, generatedKey ?? 'YOUR_KEY');
  return `${why}\n\n  ${command}\n${settings.DOCS ? `\nAll routes: ${url}/docs\n` : ''}`;
}

function curlCommand({ TLS_CERT_FILE, TLS_CLIENT_CA_FILE }: Settings, url: string, key: string): string {
  const words = ['curl'];
  // curl takes a certificate for its own authority: right for one that signed itself, and for any other.
  if (TLS_CERT_FILE !== undefined) words.push('--cacert', quoted(TLS_CERT_FILE));
  if (TLS_CLIENT_CA_FILE !== undefined) words.push('--cert', 'YOUR_CERT_FILE', '--key', 'YOUR_KEY_FILE');
  words.push('-H', quoted(`X-API-Key: ${key}`), quoted(`${url}/stats`));
  return words.join(' ');
}

/** One word for a shell, in quotes where it would read more in it; to zsh, an IPv6 address is a pattern. */
function quoted(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
