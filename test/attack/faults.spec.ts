import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_DOCKER_ENGINE } from '../support/docker-availability.js';
import { REQUESTS_PER_SECOND, type Scenario, SCENARIOS, type Survival, survive } from './fault-scenarios.js';

/** How long the service gives the same answer for a failure. */
const FAILURE_KEPT_MS = 1000;

/** For a machine that is busy with the containers that come back. */
const SLACK_MS = 4000;

const HEAD = [
  'fault',
  'docker CLI',
  'requests',
  'figures',
  'errors',
  'errors for',
  'wrong',
  'recovered after',
  'longest sample',
  'docker processes at once; left',
  'open descriptors before; after',
];

describe.skipIf(NO_DOCKER_ENGINE)(`${REQUESTS_PER_SECOND} requests a second get no wrong answer`, () => {
  const rows: string[][] = [];
  afterAll(() => {
    const table = [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    console.log(['npx vitest run --project attack faults', '', ...table].join('\n'));
  });

  it.each(SCENARIOS.map((scenario) => [scenario.title, scenario] as const))(
    '%s',
    { timeout: 150_000 },
    async (_title, scenario) => {
      const { verdict, processes, programs, descriptors, exitCode } = await survive(scenario);
      rows.push(rowOf(scenario, { verdict, processes, programs, descriptors, exitCode }));

      expect(verdict.faults.slice(0, 5)).toEqual([]);
      expect(verdict.errors).toBeGreaterThan(REQUESTS_PER_SECOND);
      scenario.says.forEach((pattern) => expect(verdict.messages.join('\n')).toMatch(pattern));
      const recoveryLimitMs = FAILURE_KEPT_MS + scenario.samples * verdict.sampleMs + SLACK_MS;
      expect(verdict.recoveryMs).toBeLessThan(recoveryLimitMs);
      expect(verdict.shortLivedChecked).toBeGreaterThan(0);
      expect(processes).toEqual({ most: 1, left: 0, orphaned: 0 });
      expect(programs).toBe(scenario.clis.length);
      expect(descriptors.after).toBe(descriptors.before);
      expect(exitCode).toBe(0);
    },
  );
});

function rowOf({ title, clis, code }: Scenario, { verdict, processes, descriptors }: Survival): string[] {
  return [
    title,
    [...new Set(clis)].map(versionOf).join(', '),
    String(verdict.requests),
    String(verdict.figures),
    `${verdict.errors} \`${code}\``,
    seconds(verdict.errorsForMs),
    String(verdict.wrong),
    seconds(verdict.recoveryMs),
    seconds(verdict.sampleMs),
    `${processes.most}; ${processes.left}`,
    `${descriptors.before}; ${descriptors.after}`,
  ];
}

function versionOf(cli: string): string {
  const [version = cli] = /\d+\.\d+\.\d+/.exec(execFileSync(cli, ['--version'], { encoding: 'utf8' })) ?? [];
  return version;
}

function seconds(ms: number): string {
  return Number.isNaN(ms) ? 'never' : `${(ms / 1000).toFixed(1)} s`;
}
