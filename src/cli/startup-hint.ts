import type { AddressInfo } from 'node:net';
import type { Settings } from '../config/settings.js';
import { toLocalHost } from './local-host.js';

/** The URL at which this machine can open the service. */
export function toLocalUrl({ TLS_CERT_FILE }: Settings, { address, family, port }: AddressInfo): string {
  const scheme = TLS_CERT_FILE === undefined ? 'http' : 'https';
  const host = toLocalHost(address);
  return `${scheme}://${family === 'IPv6' && host === address ? `[${host}]` : host}:${port}`;
}

/**
 * A message for the terminal: a `curl` command to copy and a link to the page, with the generated API key if there is one, and
 * the URL of the docs.
 */
export function formatStartupHint(settings: Settings, url: string, generatedKey?: string): string {
  const intro =
    generatedKey === undefined
      ? 'Try:'
      : 'No API key is configured. This generated key is valid until the service stops:';
  const command = formatCurlCommand(settings, url, generatedKey ?? 'YOUR_KEY');
  // Browsers do not send the part after `#`. The page removes it from the address bar.
  const key = generatedKey === undefined ? '' : `#key=${encodeURIComponent(generatedKey)}`;
  const links = [
    ...(settings.DASHBOARD ? [`In a browser: ${url}/${key}\n`] : []),
    ...(settings.DOCS ? [`API documentation: ${url}/docs\n`] : []),
  ];
  return `${intro}\n\n  ${command}\n${links.map((link) => `\n${link}`).join('')}`;
}

function formatCurlCommand(
  { TLS_CERT_FILE, TLS_CLIENT_CA_FILE }: Settings,
  url: string,
  key: string,
): string {
  const words = ['curl'];
  // curl accepts a server certificate that is also given as a CA, self-signed or not.
  if (TLS_CERT_FILE !== undefined) words.push('--cacert', quote(TLS_CERT_FILE));
  if (TLS_CLIENT_CA_FILE !== undefined) words.push('--cert', 'YOUR_CERT_FILE', '--key', 'YOUR_KEY_FILE');
  words.push('-H', quote(`X-API-Key: ${key}`), quote(`${url}/stats`));
  return words.join(' ');
}

/** Quotes a word for the shell if it needs quotes. zsh treats the brackets of an IPv6 address as a pattern. */
function quote(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
