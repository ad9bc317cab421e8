import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { MIN_KEY_LENGTH } from '../config/api-keys.js';
import { requestIdOf } from './request-id.js';

const KNOWN = 'known-key-0123456789';
const apiKeys = {
  find: (key: string) =>
    key === KNOWN || key === 'short' ? { name: 'k', digest: Buffer.alloc(32), isShort: false } : undefined,
};

function idOf(headers: IncomingMessage['headers'], url = '/stats'): string {
  return requestIdOf({ headers, url } as IncomingMessage, apiKeys);
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

describe('requestIdOf', () => {
  it.each([
    '9f2c1d6e-1f6b-4d5f-8a53-0c1f0d0f1c11',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'a3ce929d0e0e4736',
    '1-67891233-abcdef012345678912345678',
    'frontend:01JDCYVZ5Y3M9V7H5QZ3N8KX2W.1',
    'x'.repeat(64),
  ])('takes %s', (id) => {
    expect(idOf({ 'x-request-id': id })).toBe(id);
  });

  it.each([
    '',
    'short',
    'x'.repeat(65),
    'sixteen letters!',
    '0123456789abcdef,0123456789abcdef',
    '0123456789äbcdef0',
  ])('makes one in place of %j', (id) => expect(idOf({ 'x-request-id': id })).toMatch(UUID));

  it('takes one beside a key that has nothing to do with it', () => {
    const headers = { 'x-request-id': 'x'.repeat(20), 'x-api-key': KNOWN, authorization: `Bearer ${KNOWN}` };
    expect(idOf(headers, `/stats?api_key=${KNOWN}`)).toBe('x'.repeat(20));
    expect(
      idOf({ 'x-request-id': 'x'.repeat(20), 'x-api-key': '', authorization: '' }, '/stats?api_key='),
    ).toBe('x'.repeat(20));
  });

  it('makes a new one for each request without one', () => {
    expect(idOf({})).toMatch(UUID);
    expect(idOf({})).not.toBe(idOf({}));
  });

  it.each([
    ['that the service knows', { 'x-request-id': KNOWN }, '/stats'],
    [
      'in X-API-Key',
      { 'x-request-id': 'wrong-key-0123456789', 'x-api-key': 'wrong-key-0123456789' },
      '/stats',
    ],
    [
      'in Authorization',
      { 'x-request-id': 'wrong-key-0123456789', authorization: 'Bearer wrong-key-0123456789' },
      '/stats',
    ],
    ['in the URL', { 'x-request-id': 'wrong-key-0123456789' }, '/stats?api_key=wrong-key-0123456789'],
    [
      'in X-API-Key, with more around it',
      { 'x-request-id': 'request-of-a-key.1', 'x-api-key': 'a-key' },
      '/stats',
    ],
    [
      'in Authorization, with more around it',
      { 'x-request-id': 'request-of-a-key.1', authorization: 'Bearer a-key' },
      '/stats',
    ],
    [
      'in the URL, with more around it',
      { 'x-request-id': 'request-of-a-key.1' },
      '/stats?x=1&api_key=a-key&y=2',
    ],
  ])('makes one in place of a key %s', (_where, headers, url) => {
    expect(idOf(headers, url)).toMatch(UUID);
  });

  it('never tells whether an id is a key that can be guessed', () => {
    for (let length = 1; length < MIN_KEY_LENGTH; length++) {
      expect(idOf({ 'x-request-id': 'x'.repeat(length) })).toMatch(UUID);
    }
  });
});
