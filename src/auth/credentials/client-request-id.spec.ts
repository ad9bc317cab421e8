import { describe, expect, it } from 'vitest';
import { parseClientRequestId } from './client-request-id.js';

const KEY = 'known-key-0123456789';

function parse(id?: string): string | undefined {
  return parseClientRequestId({ headers: id === undefined ? {} : { 'x-request-id': id } }, KEY);
}

describe('parseClientRequestId', () => {
  it.each([
    '9f2c1d6e-1f6b-4d5f-8a53-0c1f0d0f1c11',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    '1-67891233-abcdef012345678912345678',
    'frontend:01JDCYVZ5Y3M9V7H5QZ3N8KX2W.1',
    '7',
    'known-key',
    'x'.repeat(128),
  ])('accepts %s', (id) => {
    expect(parse(id)).toBe(id);
  });

  it.each([
    ['a missing id', undefined],
    ['an empty id', ''],
    ['an id of 129 characters', 'x'.repeat(129)],
    ['an id with a space', 'sixteen letters!'],
    ['two ids', 'one, two'],
    ['an id with a line break', 'one\n'],
    ['an id with a letter outside ASCII', '0123456789äbcdef0'],
    ['the API key', KEY],
    ['an id that contains the API key', `request-of-${KEY}.1`],
  ])('rejects %s', (_what, id) => expect(parse(id)).toBeUndefined());
});
