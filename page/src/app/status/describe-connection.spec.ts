import { describe, expect, it } from 'vitest';
import { describeConnection, formatAge } from './describe-connection.js';

const AT = new Date(2026, 10, 28, 12, 0, 0).getTime();
const NOON = new Date(AT).toLocaleTimeString();

describe('describeConnection', () => {
  it('is good only while new samples arrive', () => {
    expect(describeConnection({ state: 'live' }, false).kind).toBe('good');
    expect(describeConnection({ state: 'live' }, true).kind).toBe('waiting');
    expect(describeConnection({ state: 'connecting' }, false).kind).toBe('waiting');
    expect(describeConnection({ state: 'paused' }, false).kind).toBe('waiting');
  });

  it('says why and since when sampling fails', () => {
    expect(describeConnection({ state: 'failing', since: AT, message: 'No daemon' }, true)).toEqual({
      label: 'Sampling fails',
      detail: `Since ${NOON}: No daemon.`,
      nextTry: '',
      kind: 'bad',
    });
  });

  it('keeps the time of the next try apart, because it changes with each try', () => {
    const lost = { state: 'disconnected', since: AT, message: 'Connection lost.' } as const;
    const [first, second] = [AT, AT + 60_000].map((retryAt) =>
      describeConnection({ ...lost, retryAt }, true),
    );
    expect(first).toEqual({
      label: 'Disconnected',
      detail: `Since ${NOON}: Connection lost.`,
      nextTry: `Next try at ${NOON}.`,
      kind: 'bad',
    });
    expect(second?.detail).toBe(first?.detail);
    expect(second?.nextTry).not.toBe(first?.nextTry);
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
