import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hasNeededCertificate, noteClientCertificate } from './client-certificate.js';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-06-15T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const MTLS = { TLS_CLIENT_CA_FILE: 'ca.crt' };
const LATER = 'Jun 15 12:00:01 2026 GMT';
const MUCH_LATER = 'Jun 15 12:00:00 2036 GMT';
const EARLIER = 'Jun  5 12:00:00 2026 GMT';

/** As Node gives it: the topmost certificate is its own issuer. */
interface Shown {
  readonly valid_to: string;
  issuerCertificate?: Shown;
}

/** A request on a connection that has shown certificates with these ends, its own first. */
function requestWith(ends: readonly string[], authorized = true): IncomingMessage {
  const chain: Shown[] = ends.map((end) => ({ valid_to: end }));
  for (const [n, certificate] of chain.entries()) certificate.issuerCertificate = chain[n + 1] ?? certificate;
  const socket = { authorized, getPeerCertificate: () => chain[0] ?? {} } as unknown as TLSSocket;
  noteClientCertificate(socket);
  return { socket } as unknown as IncomingMessage;
}

it.each([
  ['a valid one', [LATER, LATER], true],
  ['an expired one', [EARLIER, LATER], false],
  ['a valid one beside which an old certificate of its authority is shown', [LATER, EARLIER], true],
  ['one whose end cannot be read', ['soon', LATER], false],
  ['one whose authority has an end that cannot be read', [LATER, 'soon'], false],
  ['none on a connection that Node calls authorized', [], false],
])('a client certificate that is needed: %s', (_what, ends, expected) => {
  expect(hasNeededCertificate(MTLS, requestWith(ends))).toBe(expected);
});

it('a client certificate of another authority lets nobody in', () => {
  expect(hasNeededCertificate(MTLS, requestWith([LATER], false))).toBe(false);
});

it.each([
  ['its own', [LATER, MUCH_LATER]],
  ['that of its authority', [MUCH_LATER, MUCH_LATER, LATER]],
])('a client certificate lets in until the last second of its time: %s', (_whose, ends) => {
  const request = requestWith(ends);
  expect(hasNeededCertificate(MTLS, request)).toBe(true);
  vi.setSystemTime(Date.parse(LATER));
  expect(hasNeededCertificate(MTLS, request)).toBe(true);
  vi.setSystemTime(Date.parse(LATER) + 1);
  expect(hasNeededCertificate(MTLS, request)).toBe(false);
});

it('a client certificate is not looked at where none is needed', () => {
  expect(hasNeededCertificate({}, requestWith([], false))).toBe(true);
});
