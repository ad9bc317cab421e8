import { expect } from 'vitest';
import type { ErrorBody, FullStats } from 'docker-stats-client';
import type { Answer } from './http-get.js';

const figure = expect.toSatisfy(
  (value) => value === null || Number.isFinite(value),
  'a finite number or null',
);
const text = expect.stringMatching(/^[^]+$/) as string;

const BASIC = { name: text, cpuUsage: expect.toSatisfy(Number.isFinite), memoryUsage: figure };

const FULL = {
  ...BASIC,
  id: text,
  memoryLimit: figure,
  memoryPercent: figure,
  networkReceived: figure,
  networkSent: figure,
  blockRead: figure,
  blockWritten: figure,
  pids: figure,
};

const SKIPPED = {
  container: expect.toSatisfy((value) => value === null || typeof value === 'string'),
  reason: expect.stringMatching(/^(no_reading|timed_out|restarting|starting|malformed)$/) as string,
};

/** Longer than what an error quotes of docker, with what to do about it. */
const MAX_MESSAGE_LENGTH = 750;

/** Checks the answer to `GET /stats?view=full`, whatever docker did; tells its containers, or the code of its error. */
export function fullStatsOrCode(answer: Answer): FullStats | string {
  if (answer.status !== 200) return dockerCodeOf(answer);
  const stats = JSON.parse(String(answer.body)) as FullStats;
  expect(Object.keys(stats)).toEqual(['sampledAt', 'ageMs', 'durationMs', 'containers', 'skipped']);
  expect(Number.isFinite(stats.ageMs) && Number.isFinite(stats.durationMs)).toBe(true);
  for (const container of stats.containers) expect(container).toStrictEqual(FULL);
  for (const row of stats.skipped) expect(row).toStrictEqual(SKIPPED);
  return stats;
}

/** Checks the answer to `GET /stats`, whatever docker did. */
export function expectBasicStatsOrCode(answer: Answer): void {
  if (answer.status !== 200) {
    dockerCodeOf(answer);
    return;
  }
  const containers: unknown = JSON.parse(String(answer.body));
  expect(Array.isArray(containers)).toBe(true);
  for (const container of containers as unknown[]) expect(container).toStrictEqual(BASIC);
}

/** Checks that an error is one of docker's, in a few words on one line. */
export function dockerCodeOf({ status, headers, body }: Answer): string {
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  const error = JSON.parse(String(body)) as ErrorBody;
  expect({ status, ...error }).toStrictEqual({
    status: 500,
    statusCode: 500,
    code: expect.stringMatching(/^docker_(not_found|unreachable|timeout|failed)$/) as string,
    message: expect.stringMatching(/^Error: [^\p{Cc}]+$/u) as string,
  });
  expect(error.message.length).toBeLessThan(MAX_MESSAGE_LENGTH);
  expect(error.message).not.toMatch(/\bat \S+:\d+:\d+|node_modules/);
  return error.code;
}
