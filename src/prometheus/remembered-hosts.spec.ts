import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/support/sampling/fake-clock.js';
import type { HostState, HostStates } from './queries/host-states.js';
import { RememberedHosts } from './remembered-hosts.js';

let clock: FakeClock;
let remembered: RememberedHosts;
beforeEach(() => {
  clock = new FakeClock();
  remembered = new RememberedHosts(clock);
});

/** What the storage says of hosts that were scraped at 1000 s. */
function createStates(...names: readonly string[]): HostStates {
  const target = { labels: '', replica: '', scrapedAt: 1000, labelNames: {} as never, hasOthers: false };
  return { time: '1005', hosts: names.map((name): HostState => ({ name, target })) };
}

function list({ hosts }: HostStates): string[] {
  return hosts.map(({ name, failure }) => (failure === undefined ? name : `${name} ${failure.code}`));
}

describe('RememberedHosts', () => {
  it('names a host that the storage has forgotten, with the time of its last scrape', () => {
    remembered.complete(createStates('web1', 'web2'), {});
    const states = remembered.complete(createStates('web2'), {});
    expect(list(states)).toEqual(['web1 figures_gone', 'web2']);
    expect(states.hosts[0]?.failure?.since).toEqual(new Date(1_000_000));
    expect(states.time).toBe('1005');
  });

  it('names only the hosts that the selection has', () => {
    remembered.complete(createStates('web1', 'web2', 'db1'), {});
    expect(list(remembered.complete(createStates(), { visible: ['web*'], selected: ['*1'] }))).toEqual([
      'web1 figures_gone',
    ]);
  });

  it('leaves what the storage says of a host', () => {
    remembered.complete(createStates('web1'), {});
    const states = createStates('web1');
    expect(remembered.complete(states, {})).toEqual(states);
  });

  it.each([
    ['an earlier time', 940, 1000],
    ['a later time', 1010, 1010],
  ])('dates a failure by the last scrape that it knows, if the storage says %s', (_what, since, expected) => {
    remembered.complete(createStates('web1'), {});
    const failure = { code: 'scrape_failed' as const, reason: '', since: new Date(since * 1000) };
    const { hosts } = remembered.complete({ time: '1015', hosts: [{ name: 'web1', failure }] }, {});
    expect(hosts).toEqual([{ name: 'web1', failure: { ...failure, since: new Date(expected * 1000) } }]);
  });

  it('forgets a host after an hour without figures', async () => {
    remembered.complete(createStates('web1'), {});
    await clock.advance(3_600_000);
    expect(list(remembered.complete(createStates('web2'), {}))).toEqual(['web1 figures_gone', 'web2']);
    await clock.advance(1);
    expect(list(remembered.complete(createStates('web2'), {}))).toEqual(['web2']);
  });
});
