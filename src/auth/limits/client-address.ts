import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** A request, with the address of its client as Express reads it from trusted proxies. */
export type AddressedRequest = IncomingMessage & { readonly ip?: string | undefined };

/** Some proxies add it to an IPv4 address. */
const PORT = /:\d{1,5}$/;

/**
 * A client's address; the proxy's where a trusted one does not say it as an address: what it says may be anything. So may the
 * zone of an IPv6 address (RFC 4007, section 11), which has a meaning on the proxy alone.
 */
export function clientAddressOf({ ip = '', socket }: AddressedRequest): string {
  const address = isIP(ip) === 0 ? ip.replace(PORT, '') : ip;
  return isIP(address) === 0 || address.includes('%') ? (socket.remoteAddress ?? '') : address;
}
