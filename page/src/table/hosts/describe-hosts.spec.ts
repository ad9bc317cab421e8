import { describe, expect, it } from 'vitest';
import { createContainer, createHostSample, createStats } from '../../live/stats.fixture.js';
import { describeHosts } from './describe-hosts.js';

const AT = Date.parse('2026-11-28T12:00:00.000Z');
const failure = { code: 'docker_unreachable', message: 'No daemon' } as const;

describe('describeHosts', () => {
  it('names first the hosts that are down, then those whose figures are old', () => {
    const stats = {
      ...createStats([
        createContainer({ host: 'web1', name: 'app' }),
        createContainer({ host: 'web1', name: 'cache' }),
        createContainer({ host: 'old', name: 'app' }),
      ]),
      sampledAt: new Date(AT + 9000).toISOString(),
      ageMs: 1000,
      hosts: [
        createHostSample('web1', 9),
        createHostSample('old', -20),
        createHostSample('idle', 9),
        {
          name: 'db1',
          sampledAt: null,
          ageMs: null,
          error: { ...failure, since: new Date(AT - 290_000).toISOString() },
        },
      ],
    };
    const texts = describeHosts(stats, () => 2000);
    expect(texts.map(({ name, kind, state }) => `${name} ${kind}: ${state}`)).toEqual([
      'db1 bad: down 5 min',
      'old waiting: 30 s old',
      'web1 good: 2 running',
      'idle good: 0 running',
    ]);
    expect(texts[0]?.detail).toBe(`Since ${new Date(AT - 290_000).toLocaleTimeString()}: No daemon.`);
  });

  it('expects new figures of a slow host later', () => {
    const stats = { ...createStats([]), hosts: [createHostSample('slow', -20), createHostSample('fast', 9)] };
    expect(describeHosts(stats, (host) => (host === 'slow' ? 15_000 : 2000))).toMatchObject([
      { name: 'slow', kind: 'good' },
      { name: 'fast', kind: 'good' },
    ]);
  });
});
