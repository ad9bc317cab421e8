import { describe, expect, it } from 'vitest';
import { dateByNewestHost, splitByHost, splitHistory } from './host-samples.js';
import { createContainer, createHostSample, createStats } from './stats.fixture.js';

const app = createContainer({ host: 'web1', name: 'app' });
const clone = createContainer({ host: 'web2', name: 'app' });
const [web1, web2] = [createHostSample('web1', 0), createHostSample('web2', 6)];
const down = { name: 'db1', sampledAt: null, ageMs: null, error: null };
const stats = { ...createStats([app, clone]), ageMs: 10_000, hosts: [web1, web2, down] };

describe('splitByHost', () => {
  it('gives the containers of each host the times of its samples, and leaves out a host without a sample', () => {
    expect(splitByHost(stats)).toEqual([
      { host: 'web1', sampledAt: web1.sampledAt, containers: [app] },
      { host: 'web2', sampledAt: web2.sampledAt, containers: [clone] },
    ]);
  });

  it('gives all containers the time of the sample if the service has one host', () => {
    const single = createStats([createContainer({ name: 'app' })]);
    const { sampledAt, containers } = single;
    expect(splitByHost(single)).toEqual([{ host: '', sampledAt, containers }]);
  });
});

describe('splitHistory', () => {
  const [first, second] = ['2026-11-28T12:00:00.000Z', '2026-11-28T12:00:02.000Z'];
  const column = { id: 'a', name: 'app', cpuUsage: [1] };

  it('gives the containers of each host its times', () => {
    const containers = [
      { ...column, host: 'web1' },
      { ...column, host: 'web2' },
    ];
    const hosts = [
      { name: 'web1', sampledAt: [first] },
      { name: 'web2', sampledAt: [second] },
    ];
    expect(splitHistory({ hosts, containers })).toEqual([
      { host: 'web1', sampledAt: [first], containers: containers.slice(0, 1) },
      { host: 'web2', sampledAt: [second], containers: containers.slice(1) },
    ]);
  });

  it('is one history if the service has one host', () => {
    const history = { sampledAt: [first], containers: [column] };
    expect(splitHistory(history)).toEqual([{ host: '', ...history }]);
  });
});

describe('dateByNewestHost', () => {
  it('gives a sample the time and the age of its newest host', () => {
    expect(dateByNewestHost(stats)).toMatchObject({ sampledAt: web2.sampledAt, ageMs: 4000 });
  });

  it('changes nothing if the service has one host', () => {
    expect(dateByNewestHost(createStats([app]))).toEqual(createStats([app]));
  });
});
