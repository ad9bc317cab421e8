import { describe, expect, it } from 'vitest';
import { CONTAINER_METRICS, formatNameAndId, type KnownContainer } from './container-series.js';

const WEB = { name: 'web', id: '0123456789ab' };

/** Returns the series of a container, without the labels `name` and `id`. */
function formatAll(values: Partial<KnownContainer>): string[] {
  const container = { ...WEB, ...values };
  const labels = formatNameAndId(container);
  const text = CONTAINER_METRICS.flatMap(({ formatters }) =>
    formatters.map((format) => format(container, labels)),
  );
  return text.join('').replaceAll('name="web",id="0123456789ab"', '').split('\n').filter(Boolean);
}

describe('CONTAINER_METRICS', () => {
  it('have labels for image, project and service only if they are known', () => {
    expect(formatAll({ image: 'nginx', project: 'shop', service: 'web' })).toEqual([
      'docker_container_info{,image="nginx",project="shop",service="web"} 1',
    ]);
    expect(formatAll({ image: 'nginx', project: null, service: '' })).toEqual([
      'docker_container_info{,image="nginx"} 1',
    ]);
    expect(formatAll({})).toEqual(['docker_container_info{} 1']);
  });

  it.each([
    ['quotes', 'a"b"', String.raw`a\"b\"`],
    ['backslashes', String.raw`C:\new`, String.raw`C:\\new`],
    ['line breaks', 'a\nb\r\u2028', 'a\\nb\r\u2028'],
    ['Unicode', 'zażółć 🐳', 'zażółć 🐳'],
    ['braces and commas', '},x="', String.raw`},x=\"`],
  ])('escape %s in labels as the text format requires', (_what, value, escaped) => {
    expect(formatAll({ image: value, project: value, service: value })).toEqual([
      `docker_container_info{,image="${escaped}",project="${escaped}",service="${escaped}"} 1`,
    ]);
  });

  it.each([
    ['running', [1, 0, 0]],
    ['paused', [0, 1, 0]],
    ['restarting', [0, 0, 1]],
  ] as const)('have a series for each state: %s', (state, [running, paused, restarting]) => {
    expect(formatAll({ state }).slice(1)).toEqual([
      `docker_container_state{,state="running"} ${running}`,
      `docker_container_state{,state="paused"} ${paused}`,
      `docker_container_state{,state="restarting"} ${restarting}`,
    ]);
  });

  it.each([
    ['healthy', [1, 0, 0]],
    ['unhealthy', [0, 1, 0]],
    ['starting', [0, 0, 1]],
  ] as const)(
    'have a series for each result of the health check: %s',
    (health, [healthy, unhealthy, starting]) => {
      expect(formatAll({ health }).slice(1)).toEqual([
        `docker_container_health{,health="healthy"} ${healthy}`,
        `docker_container_health{,health="unhealthy"} ${unhealthy}`,
        `docker_container_health{,health="starting"} ${starting}`,
      ]);
    },
  );

  it('have no series for a missing value, but one for 0', () => {
    expect(
      formatAll({ state: null, health: null, cpuUsage: 0, memoryUsage: null, pids: 0 }).slice(1),
    ).toEqual(['docker_container_cpu_usage_ratio{} 0', 'docker_container_pids{} 0']);
  });
});
