import { expect } from 'vitest';
import type { ErrorBody, FullStats } from 'docker-stats-client';
import type { HttpResponse } from '../http-get.js';

const numberOrNull = expect.toSatisfy(
  (value) => value === null || Number.isFinite(value),
  'a finite number or null',
);
const text = expect.stringMatching(/^[^]+$/) as string;
const textOrNull = expect.toSatisfy(
  (value) => value === null || (typeof value === 'string' && value !== ''),
  'a text or null',
);

const BASIC_ROW = {
  name: text,
  cpuUsage: expect.toSatisfy(Number.isFinite),
  memoryUsage: numberOrNull,
};

const FULL_ROW = {
  ...BASIC_ROW,
  id: text,
  image: textOrNull,
  project: textOrNull,
  service: textOrNull,
  state: textOrNull,
  health: textOrNull,
  createdAt: textOrNull,
  memoryLimit: numberOrNull,
  memoryPercent: numberOrNull,
  networkReceived: numberOrNull,
  networkSent: numberOrNull,
  blockRead: numberOrNull,
  blockWritten: numberOrNull,
  pids: numberOrNull,
};

const SKIPPED_ROW = {
  container: textOrNull,
  id: textOrNull,
  project: textOrNull,
  reason: expect.stringMatching(/^(no_reading|timed_out|restarting|starting|malformed)$/) as string,
};

/** Enough for what the service quotes of docker's output, and for the advice after it. */
const MAX_MESSAGE_LENGTH = 750;

/** Checks a response to `GET /stats?view=full`: a sample or a documented error. Returns the sample, or the error code. */
export function expectFullStatsOrError(response: HttpResponse): FullStats | string {
  if (response.status !== 200) return expectDockerError(response);
  const stats = JSON.parse(String(response.body)) as FullStats;
  expect(Object.keys(stats)).toEqual(['sampledAt', 'ageMs', 'durationMs', 'containers', 'skipped']);
  expect(Number.isFinite(stats.ageMs) && Number.isFinite(stats.durationMs)).toBe(true);
  for (const row of stats.containers) expect(row).toStrictEqual(FULL_ROW);
  for (const row of stats.skipped) expect(row).toStrictEqual(SKIPPED_ROW);
  return stats;
}

/** Checks a response to `GET /stats`: a list of containers or a documented error. */
export function expectBasicStatsOrError(response: HttpResponse): void {
  if (response.status !== 200) {
    expectDockerError(response);
    return;
  }
  const rows: unknown = JSON.parse(String(response.body));
  expect(Array.isArray(rows)).toBe(true);
  for (const row of rows as unknown[]) expect(row).toStrictEqual(BASIC_ROW);
}

/** Checks that the response is one of the documented docker errors, with a message of one short line. Returns its code. */
function expectDockerError({ status, headers, body }: HttpResponse): string {
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  const error = JSON.parse(String(body)) as ErrorBody;
  expect({ status, ...error }).toStrictEqual({
    status: 500,
    statusCode: 500,
    code: expect.stringMatching(/^docker_(not_found|unreachable|timeout|failed)$/) as string,
    message: expect.stringMatching(/^Error: [^\p{Cc}]+$/u) as string,
  });
  expect(error.message.length).toBeLessThan(MAX_MESSAGE_LENGTH);
  expect(error.message).not.toMatch(/\bat \S+:\d+:\d+|node_modules/); // no stack trace
  return error.code;
}
