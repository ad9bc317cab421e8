import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hasRequiredCertificate, recordClientCertificate } from './client-certificate.js';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-06-15T12:00:00Z') }));

const MTLS = { TLS_CLIENT_CA_FILE: 'ca.crt' };
const LATER = 'Jun 15 12:00:01 2026 GMT';
const MUCH_LATER = 'Jun 15 12:00:00 2036 GMT';
const EARLIER = 'Jun  5 12:00:00 2026 GMT';

/** A certificate as Node returns it: a root certificate is its own issuer. */
interface PresentedCertificate {
  readonly valid_to: string;
  issuerCertificate?: PresentedCertificate;
}

/** A request on a connection whose client presented a chain with these expiry dates, the client's own first. */
function requestWith(expiryDates: readonly string[], authorized = true): IncomingMessage {
  const chain: PresentedCertificate[] = expiryDates.map((date) => ({ valid_to: date }));
  for (const [n, certificate] of chain.entries()) certificate.issuerCertificate = chain[n + 1] ?? certificate;
  const socket = { authorized, getPeerCertificate: () => chain[0] ?? {} } as unknown as TLSSocket;
  recordClientCertificate(socket);
  return { socket } as unknown as IncomingMessage;
}

describe('hasRequiredCertificate', () => {
  it.each([
    ['true for a valid certificate', [LATER, LATER], true],
    ['false for an expired certificate', [EARLIER, LATER], false],
    ['true for a valid certificate in a chain with an expired issuer', [LATER, EARLIER], true],
    ['false when the expiry date cannot be parsed', ['soon', LATER], false],
    ["false when an issuer's expiry date cannot be parsed", [LATER, 'soon'], false],
    ['false when an authorized connection has no certificate', [], false],
  ])('is %s', (_what, expiryDates, expected) => {
    expect(hasRequiredCertificate(MTLS, requestWith(expiryDates))).toBe(expected);
  });

  it('is false for a certificate of an unknown CA', () => {
    expect(hasRequiredCertificate(MTLS, requestWith([LATER], false))).toBe(false);
  });

  it.each([
    ['the certificate', [LATER, MUCH_LATER]],
    ['an issuer', [MUCH_LATER, MUCH_LATER, LATER]],
  ])('is true until the last second before %s expires', (_what, expiryDates) => {
    const request = requestWith(expiryDates);
    expect(hasRequiredCertificate(MTLS, request)).toBe(true);
    vi.setSystemTime(Date.parse(LATER));
    expect(hasRequiredCertificate(MTLS, request)).toBe(true);
    vi.setSystemTime(Date.parse(LATER) + 1);
    expect(hasRequiredCertificate(MTLS, request)).toBe(false);
  });

  it('is true without a certificate when TLS_CLIENT_CA_FILE is not set', () => {
    expect(hasRequiredCertificate({}, requestWith([], false))).toBe(true);
  });
});
