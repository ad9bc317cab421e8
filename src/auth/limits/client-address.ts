import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** A request with the client address that Express reads from `X-Forwarded-For` of trusted proxies. */
export type AddressedRequest = IncomingMessage & { readonly ip?: string | undefined };

/** Some proxies add a port to an IPv4 address. */
const PORT = /:\d{1,5}$/;

/**
 * The address of the client, or that of the proxy if the proxy does not send a plain IP address. An IPv6 address with a zone
 * (RFC 4007, section 11) is not plain: zones can be any text, and are only valid on the proxy itself.
 */
export function getClientAddress({ ip = '', socket }: AddressedRequest): string {
  const address = isIP(ip) === 0 ? ip.replace(PORT, '') : ip;
  return isIP(address) === 0 || address.includes('%') ? (socket.remoteAddress ?? '') : address;
}
