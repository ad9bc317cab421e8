import type { IncomingMessage } from 'node:http';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Settings } from '../../config/settings.js';

/** When the certificate chain of each client expires, in milliseconds since 1970. */
const expiries = new WeakMap<TLSSocket, number>();

/** Records when the client's certificate chain expires. Call it after the handshake, in which OpenSSL verifies the chain. */
export function recordClientCertificate(socket: TLSSocket): void {
  const [own, ...issuers] = getCertificateChain(socket).map(({ valid_to }) => Date.parse(valid_to));
  if (own === undefined) return;
  // OpenSSL cannot have used an issuer that has already expired. A date that cannot be parsed is NaN and is kept: it
  // makes the certificate invalid.
  const usedIssuers = issuers.filter((expiry) => !(expiry < Date.now()));
  expiries.set(socket, Math.min(own, ...usedIssuers));
}

/** Whether the client presented a certificate that is valid now; always `true` without `TLS_CLIENT_CA_FILE`. */
export function hasRequiredCertificate(
  { TLS_CLIENT_CA_FILE }: Pick<Settings, 'TLS_CLIENT_CA_FILE'>,
  request: IncomingMessage,
): boolean {
  if (TLS_CLIENT_CA_FILE === undefined) return true;
  const socket = request.socket as TLSSocket;
  // In a resumed session, `authorized` can be true without a certificate; such a connection has no expiry.
  return socket.authorized && Date.now() <= (expiries.get(socket) ?? -Infinity);
}

/** The client's certificate and its issuers; empty without a certificate. */
function getCertificateChain(socket: TLSSocket): DetailedPeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A root certificate is its own issuer. Without a certificate, Node returns an empty object.
  while (next?.valid_to !== undefined && !chain.has(next)) {
    chain.add(next);
    next = next.issuerCertificate;
  }
  return [...chain];
}
