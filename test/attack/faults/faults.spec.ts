import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_DOCKER_ENGINE } from '../../support/vitest/docker-availability.js';
import { type Scenario, SCENARIOS } from './fault-scenarios.js';
import { REQUESTS_PER_SECOND, runScenario, type ScenarioResult } from './run-scenario.js';

/** For how long the service returns the same failure before it runs docker again. */
const FAILURE_KEPT_MS = 1000;

/** For a machine that is busy with restarting containers. */
const TOLERANCE_MS = 4000;

const COLUMNS = [
  'fault',
  'docker CLI',
  'requests',
  'status 200',
  'errors',
  'errors for',
  'wrong',
  'recovered after',
  'longest sample',
  'docker processes: at once; left',
  'open descriptors: before; after',
];

describe.skipIf(NO_DOCKER_ENGINE)(
  `GET /stats at ${REQUESTS_PER_SECOND} requests per second returns only correct responses`,
  () => {
    const rows: string[][] = [];
    afterAll(() => {
      const lines = [COLUMNS, COLUMNS.map(() => '---'), ...rows];
      const table = lines.map((cells) => `| ${cells.join(' | ')} |`);
      console.log(['npx vitest run --project attack faults', '', ...table].join('\n'));
    });

    it.each(SCENARIOS.map((scenario) => [scenario.title, scenario] as const))(
      'with the %s',
      { timeout: 150_000 },
      async (_title, scenario) => {
        const result = await runScenario(scenario);
        rows.push(formatRow(scenario, result));

        const { report, processes, programs, descriptors, exitCode } = result;
        expect(report.problems.slice(0, 5)).toEqual([]);
        expect(report.errors).toBeGreaterThan(REQUESTS_PER_SECOND);
        for (const pattern of scenario.errorMessages) {
          expect(report.errorMessages.join('\n')).toMatch(pattern);
        }
        const recoveryLimitMs =
          FAILURE_KEPT_MS + scenario.samplesToRecover * report.longestSampleMs + TOLERANCE_MS;
        expect(report.recoveryMs).toBeLessThan(recoveryLimitMs);
        expect(report.shortLivedExpected).toBeGreaterThan(0);
        expect(processes).toEqual({ maxSampling: 1, left: 0, orphaned: 0 });
        expect(programs).toBe(scenario.clis.length);
        expect(descriptors.after).toBe(descriptors.before);
        expect(exitCode).toBe(0);
      },
    );
  },
);

function formatRow(
  { title, clis, errorCode }: Scenario,
  { report, processes, descriptors }: ScenarioResult,
): string[] {
  return [
    title,
    [...new Set(clis)].map(readVersion).join(', '),
    String(report.requests),
    String(report.ok),
    `${report.errors} \`${errorCode}\``,
    formatSeconds(report.errorsForMs),
    String(report.wrong),
    formatSeconds(report.recoveryMs),
    formatSeconds(report.longestSampleMs),
    `${processes.maxSampling}; ${processes.left}`,
    `${descriptors.before}; ${descriptors.after}`,
  ];
}

function readVersion(cli: string): string {
  const [version = cli] = /\d+\.\d+\.\d+/.exec(execFileSync(cli, ['--version'], { encoding: 'utf8' })) ?? [];
  return version;
}

function formatSeconds(ms: number): string {
  return Number.isNaN(ms) ? 'never' : `${(ms / 1000).toFixed(1)} s`;
}
