import { isIP } from 'node:net';
import { compile } from 'proxy-addr';

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Whether the `X-Forwarded-For` header from this address is trusted. Hop 0 is the peer of the connection. */
export type TrustProxy = (address: string, hop: number) => boolean;

/**
 * Parses `off`, a number of proxies, or a list of their addresses and networks (`10.0.0.0/8`, or Express' names such as
 * `loopback`). Returns invalid text unchanged. There is no value that trusts everyone: clients could then forge their
 * address.
 */
export function parseTrustProxy(text: string): TrustProxy | string {
  if (text === 'off') return () => false;
  if (/^([1-9]|10)$/.test(text)) return (_address, hop) => hop < Number(text);
  const networks = text.split(',');
  if (!networks.every(isNetwork)) return text;
  try {
    return compile(networks);
  } catch {
    return text;
  }
}

/** Stricter than `proxy-addr`, which reads 11 as 0.0.0.11. */
function isNetwork(text: string): boolean {
  return NAMED_NETWORKS.has(text) || isIP(text.replace(/\/\d+$/, '')) !== 0;
}
