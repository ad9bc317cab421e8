import { describe, expect, it } from 'vitest';
import { clientRequestIdOf } from './client-request-id.js';

const KEY = 'known-key-0123456789';

function idOf(id?: string): string | undefined {
  return clientRequestIdOf({ headers: id === undefined ? {} : { 'x-request-id': id } }, KEY);
}

describe('clientRequestIdOf', () => {
  it.each([
    '9f2c1d6e-1f6b-4d5f-8a53-0c1f0d0f1c11',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    '1-67891233-abcdef012345678912345678',
    'frontend:01JDCYVZ5Y3M9V7H5QZ3N8KX2W.1',
    '7',
    'known-key',
    'x'.repeat(128),
  ])('takes %s', (id) => {
    expect(idOf(id)).toBe(id);
  });

  it.each([
    ['no id', undefined],
    ['an empty one', ''],
    ['a long one', 'x'.repeat(129)],
    ['one with a space', 'sixteen letters!'],
    ['two of them', 'one, two'],
    ['a line break', 'one\n'],
    ['letters beyond ASCII', '0123456789äbcdef0'],
    ['the key', KEY],
    ['the key with more around it', `request-of-${KEY}.1`],
  ])('takes nothing of %s', (_what, id) => expect(idOf(id)).toBeUndefined());
});
