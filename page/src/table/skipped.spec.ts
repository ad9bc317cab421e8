import { describe, expect, it } from 'vitest';
import { createSkippedHost } from '../live/stats.fixture.js';
import { describeSkipped } from './skipped.js';

const since = '2026-11-28T12:00:00.000Z';

describe('describeSkipped', () => {
  it('says why a container has no figures', () => {
    const row = { container: 'job', id: null, project: null, reason: 'restarting' } as const;
    expect(describeSkipped(row, {})).toBe('No figures: the container is restarting');
  });

  it('says since when and why a Docker host has no figures', () => {
    const error = { code: 'docker_unreachable', message: 'The daemon is not running', since } as const;
    const hosts = [{ name: 'db1', sampledAt: null, ageMs: null, error }];
    const time = new Date(since).toLocaleTimeString();
    expect(describeSkipped(createSkippedHost('db1'), { hosts })).toBe(
      `No figures. Since ${time}: The daemon is not running.`,
    );
  });
});
