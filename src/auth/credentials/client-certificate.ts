import type { IncomingMessage } from 'node:http';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Settings } from '../../config/settings.js';

/** Until when the certificates are valid that a client has shown, in milliseconds since 1970. */
const expiries = new WeakMap<TLSSocket, number>();

/** Notes what a client has shown. Called at the end of the handshake, in which OpenSSL has verified it. */
export function noteClientCertificate(socket: TLSSocket): void {
  const [own, ...issuers] = chainOn(socket).map(({ valid_to }) => Date.parse(valid_to));
  if (own === undefined) return;
  // An issuer that has expired already is none of those that OpenSSL went by.
  const verified = issuers.filter((expiry) => !(expiry < Date.now()));
  expiries.set(socket, Math.min(own, ...verified));
}

/** Whether a request comes with the client certificate that `TLS_CLIENT_CA_FILE` asks for, valid at this moment. */
export function hasNeededCertificate(
  { TLS_CLIENT_CA_FILE }: Pick<Settings, 'TLS_CLIENT_CA_FILE'>,
  request: IncomingMessage,
): boolean {
  if (TLS_CLIENT_CA_FILE === undefined) return true;
  const socket = request.socket as TLSSocket;
  // Node calls those authorized too who resume a session without a certificate; they have no expiry.
  return socket.authorized && Date.now() <= (expiries.get(socket) ?? -Infinity);
}

/** The client's certificate and those above it; empty without one. */
function chainOn(socket: TLSSocket): DetailedPeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // The topmost certificate is its own issuer; where there is none, the object is empty.
  while (next?.valid_to !== undefined && !chain.has(next)) {
    chain.add(next);
    next = next.issuerCertificate;
  }
  return [...chain];
}
