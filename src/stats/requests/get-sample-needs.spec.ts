import { describe, expect, it } from 'vitest';
import type { StatsSelection } from '../formats/stats-representations.js';
import { getSampleNeeds } from './get-sample-needs.js';

describe('getSampleNeeds', () => {
  it.each<[StatsSelection, boolean]>([
    [{}, true],
    [{ host: ['web1'], name: ['app*'], sort: '-cpuUsage', limit: 1 }, true],
    [{ sort: 'host' }, true],
    [{ view: 'full' }, false],
    [{ view: 'projects' }, false],
    [{ sort: '-pids' }, false],
    [{ project: ['shop'] }, false],
    [{ name: ['app'], health: ['healthy'] }, false],
  ])('of %j: is the basic view enough? %j', (selection, isBasic) => {
    expect(getSampleNeeds(selection)).toEqual({ hosts: selection.host, isBasic });
  });
});
