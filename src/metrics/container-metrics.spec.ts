import { describe, expect, it } from 'vitest';
import type { ContainerStats } from 'docker-stats-client';
import { PS_DETAILS, ROW_FIGURES } from '../../test/support/docker/docker-rows.js';
import { countTurns } from '../../test/support/processes/event-loop.js';
import type { StatsSample } from '../sampling/stats-sample.js';
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
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(turns).toBeGreaterThan(2);
  });

  it('formats one series per figure and container, also for large samples', async () => {
    const text = (await new ContainerMetrics().getText(createSample(2000))).bytes.toString();
    expect(
      text.match(/^docker_container_\w+\{name="web-\d+",id="\d{64}"(,direction="\w+")?\} \S+$/gm),
    ).toHaveLength(16_000);
    expect(text.match(/^# TYPE docker_container_/gm)).toHaveLength(6);
    expect(text).toContain(' 0.0007\n');
    expect(text).toContain(` ${2 ** 64}\n`);
    expect(text).toMatch(/^# TYPE docker_up gauge\ndocker_up 1\n/m);
  });
});
