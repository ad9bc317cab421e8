import { describe, expect, it } from 'vitest';
import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import { PS_DETAILS, ROW_FIGURES } from '../../../test/support/docker/docker-rows.js';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { mergeSamples } from '../../sampling/hosts/merge-samples.js';
import type { SampledHost, StatsSample } from '../../sampling/stats-sample.js';
import { ContainerMetrics } from './container-metrics.js';

function createSample(count: number): StatsSample {
  const containers = Array.from({ length: count }, (_, n): ContainerStats => ({
    ...PS_DETAILS,
    ...ROW_FIGURES,
    id: String(n).padStart(64, '0'),
    name: `web-${n}`,
    cpuUsage: 0.07,
    memoryUsage: 1.5,
    memoryLimit: 2 ** 44,
    memoryPercent: 0,
    networkReceived: 1020 / 2 ** 20,
    networkSent: 0,
    blockRead: 0,
    blockWritten: 0,
    pids: 1,
  }));
  return { sampledAt: new Date(), sampledAtMonotonicMs: 0, durationMs: 0, containers, skipped: [] };
}

const RESTARTING: SkippedRow = {
  container: 'loop',
  id: 'f'.repeat(64),
  project: 'shop',
  reason: 'restarting',
};

/** Returns the text for one container with figures, and a sample that is otherwise as given. */
async function getText(sample: Partial<StatsSample>): Promise<string> {
  return (await new ContainerMetrics().getText({ ...createSample(1), ...sample })).bytes.toString();
}

/** Returns the series of the skipped containers, in a sample that is otherwise as given. */
async function getSkippedLines(sample: Partial<StatsSample>): Promise<string[]> {
  const text = await getText({ skipped: [RESTARTING], ...sample });
  return text
    .split('\n')
    .filter((line) => line.startsWith('docker_container_') && !line.includes('name="web-0"'));
}

describe('ContainerMetrics', () => {
  it('formats a sample only once', async () => {
    const [metrics, sample] = [new ContainerMetrics(), createSample(3)];
    const [first, second] = await Promise.all([metrics.getText(sample), metrics.getText(sample)]);
    expect(second).toBe(first);
    expect(await metrics.getText(sample)).toBe(first);
    expect(await metrics.getText(createSample(3))).not.toBe(first);
  });

  it('does not block the event loop with 10,000 containers', async () => {
    const metrics = new ContainerMetrics();
    let bytes = 0;
    const turns = await countTurns(async () => {
      bytes = (await metrics.getText(createSample(10_000))).size;
    });
    expect(bytes).toBeGreaterThan(20_000_000);
    expect(turns).toBeGreaterThan(2);
  });

  it('formats one series per figure and container, also for large samples', async () => {
    const text = (await new ContainerMetrics().getText(createSample(2000))).bytes.toString();
    expect(
      text.match(/^docker_container_\w+\{name="web-\d+",id="\d{64}"(,direction="\w+")?\} \S+$/gm),
    ).toHaveLength(18_000);
    expect(
      text.match(/^docker_container_info\{.*,image="nginx:1.29",project="shop",service="web"\} 1$/gm),
    ).toHaveLength(2000);
    expect(text.match(/^docker_container_(state|health)\{.*,\1="\w+"\} [01]$/gm)).toHaveLength(12_000);
    expect(text.match(/^# TYPE docker_container_/gm)).toHaveLength(11);
    expect(text).not.toContain('\ndocker_container_skipped{');
    expect(text).toContain(' 0.0007\n');
    expect(text).toContain(` ${2 ** 64}\n`);
    expect(text).toMatch(/^# TYPE docker_up gauge\ndocker_up 1\n/m);
  });

  it('reports a skipped container as restarting, with its project', async () => {
    expect(await getSkippedLines({})).toEqual([
      `docker_container_info{name="loop",id="${RESTARTING.id}",project="shop"} 1`,
      `docker_container_state{name="loop",id="${RESTARTING.id}",state="running"} 0`,
      `docker_container_state{name="loop",id="${RESTARTING.id}",state="paused"} 0`,
      `docker_container_state{name="loop",id="${RESTARTING.id}",state="restarting"} 1`,
      `docker_container_skipped{name="loop",id="${RESTARTING.id}",project="shop",reason="restarting"} 1`,
    ]);
  });

  it.each<[string, Partial<SkippedRow>, string]>([
    [
      'is skipped for another reason',
      { reason: 'starting', host: 'web1' },
      `host="web1",name="loop",id="${RESTARTING.id}",project="shop",reason="starting"`,
    ],
    ['has no id', { id: null }, 'name="loop",project="shop",reason="restarting"'],
    [
      'has an id instead of a name',
      { container: RESTARTING.id, project: null },
      `name="${RESTARTING.id}",id="${RESTARTING.id}",reason="restarting"`,
    ],
    [
      'has neither a name nor an id',
      { container: null, id: null, project: null, reason: 'malformed' },
      'reason="malformed"',
    ],
  ])('has only a series with the reason if a container %s', async (_what, row, labels) => {
    expect(await getSkippedLines({ skipped: [{ ...RESTARTING, ...row }] })).toEqual([
      `docker_container_skipped{${labels}} 1`,
    ]);
  });

  it('has no series of a container that may be stopped, because docker did not list the containers', async () => {
    const skipped: SkippedRow[] = [RESTARTING, { ...RESTARTING, container: 'hung', reason: 'no_reading' }];
    expect(await getSkippedLines({ skipped, hasUnknownStates: true })).toEqual([
      `docker_container_skipped{name="hung",id="${RESTARTING.id}",project="shop",reason="no_reading"} 1`,
    ]);
  });

  it('has the restarting containers of the hosts whose containers docker listed, if it did not list those of another', async () => {
    const createHost = (name: string, details: Partial<StatsSample> = {}): SampledHost => ({
      name,
      sample: { ...createSample(0), skipped: [{ ...RESTARTING, host: name }], ...details },
      failure: undefined,
    });
    const merged = mergeSamples([createHost('web1', { hasUnknownStates: true }), createHost('web2')]);
    const labels = `host="web2",name="loop",id="${RESTARTING.id}"`;
    expect(await getSkippedLines({ ...merged })).toEqual([
      `docker_container_info{${labels},project="shop"} 1`,
      `docker_container_state{${labels},state="running"} 0`,
      `docker_container_state{${labels},state="paused"} 0`,
      `docker_container_state{${labels},state="restarting"} 1`,
      `docker_container_skipped{${labels},project="shop",reason="restarting"} 1`,
    ]);
  });

  it('has no duplicate series if docker prints a restarting container twice, or also prints its figures', async () => {
    const [measured] = createSample(1).containers;
    const twice = { ...RESTARTING, id: measured?.id ?? null, container: 'web-0' };
    const text = await getText({ skipped: [RESTARTING, RESTARTING, twice] });
    const series = text.match(/^docker_container_\w+\{[^}]*\}/gm) ?? [];
    expect(series.filter((line) => line.startsWith('docker_container_state'))).toHaveLength(6);
    expect(series.filter((line) => line.startsWith('docker_container_skipped'))).toHaveLength(2);
    expect(new Set(series).size).toBe(series.length);
    expect(text).toContain(`name="web-0",id="${measured?.id}",state="running"} 1\n`);
  });

  it('does not block the event loop with 10,000 restarting containers', async () => {
    const skipped = createSample(10_000).containers.map(({ id, name }) => ({
      ...RESTARTING,
      id,
      container: name,
    }));
    const sample = { ...createSample(0), skipped };
    expect(await countTurns(() => new ContainerMetrics().getText(sample))).toBeGreaterThan(2);
  });
});
