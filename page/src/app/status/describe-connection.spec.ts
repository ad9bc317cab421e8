import { describe, expect, it } from 'vitest';
import { describeConnection, formatAge } from './describe-connection.js';

const AT = new Date(2026, 10, 28, 12, 0, 0).getTime();
const NOON = new Date(AT).toLocaleTimeString();

describe('describeConnection', () => {
  it('is good only while new samples arrive', () => {
    expect(describeConnection({ state: 'live' }, false, AT).kind).toBe('good');
    expect(describeConnection({ state: 'live' }, true, AT).kind).toBe('waiting');
    expect(describeConnection({ state: 'connecting' }, false, AT).kind).toBe('waiting');
    expect(describeConnection({ state: 'open' }, false, AT).kind).toBe('waiting');
    expect(describeConnection({ state: 'paused' }, false, AT).kind).toBe('waiting');
  });

  it('says why and since when sampling fails', () => {
    const failing = { state: 'failing', since: AT, message: 'No daemon' } as const;
    expect(describeConnection(failing, true, AT + 1000)).toEqual({
      label: 'Sampling fails',
      detail: `Since ${NOON}: No daemon.`,
      nextTry: '',
      kind: 'bad',
    });
  });

  it.each(['No daemon.', 'Is the daemon running?'])('adds no second full stop to %j', (message) => {
    const { detail } = describeConnection({ state: 'failing', since: AT, message }, true, AT);
    expect(detail).toBe(`Since ${NOON}: ${message}`);
  });

  it('counts down to the next try, apart from what stays the same', () => {
    const lost = {
      state: 'disconnected',
      since: AT,
      retryAt: AT + 8000,
      message: 'Connection lost.',
    } as const;
    const texts = [0, 6500, 8000].map((afterMs) => describeConnection(lost, true, AT + afterMs));
    expect(texts.map(({ nextTry }) => nextTry)).toEqual([
      'Next try in 8 s.',
      'Next try in 2 s.',
      'Trying now …',
    ]);
    for (const text of texts) {
      expect(text).toMatchObject({
        label: 'Disconnected',
        detail: `Since ${NOON}: Connection lost.`,
        kind: 'bad',
      });
    }
  });
});

describe('formatAge', () => {
  it.each([
    [400, '0 s'],
    [99_000, '99 s'],
    [100_000, '2 min'],
    [7_200_000, '2 h'],
  ])('of %i ms: %s', (ageMs, text) => {
    expect(formatAge(ageMs)).toBe(text);
  });
});
