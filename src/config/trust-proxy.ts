import { isIP } from 'node:net';
import { compile } from 'proxy-addr';

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Whether the peer at this address is a proxy whose `X-Forwarded-For` is believed; hop 0 is who connects to us. */
export type TrustProxy = (address: string, hop: number) => boolean;

/**
 * Reads `off`, a number of proxies, or their addresses and networks (`10.0.0.0/8`, `loopback`, …, as Express names
 * them). A text that is none of these comes back as it is. There is no word for all the world: then the client names
 * its address itself.
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

/** `proxy-addr` would take 11 for 0.0.0.11. */
function isNetwork(text: string): boolean {
  return NAMED_NETWORKS.has(text) || isIP(text.replace(/\/\d+$/, '')) !== 0;
}
