import { promisify } from 'node:util';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { expect, onTestFinished, vi } from 'vitest';
import type { CommandRunner } from '../../../src/command/command-runner.js';
import type { Variables } from '../../../src/config/environment.js';
import { exchange, parseResponses, type RawResponse } from '../../support/http/raw-http.js';
import { bootApp, type TestApp } from '../../support/service/test-app.js';
import { anyRequest, HOSTS_KEY, KEY, KEYS, PROJECT_KEY, SCOPED_KEY } from './fuzz-requests.js';

export const RUNS = Number(process.env['FUZZ_RUNS'] || 10_000);

export const TIMEOUT_MS = 60_000 + RUNS * 10;

const API_KEYS = [
  `fuzz:${KEY}`,
  `scoped:${SCOPED_KEY};containers=web-*`,
  `project:${PROJECT_KEY};projects=shop`,
  `hosts:${HOSTS_KEY};hosts=web*`,
];

/** A key, and not a longer or shorter text: the response returns such a text as its request id. */
const WHOLE_KEY = new RegExp(`(?<![\\w.:-])(${KEYS.join('|')})(?![\\w.:-])`);

/** The documented statuses, and the error codes that each may have. */
const ERROR_CODES: Readonly<Record<number, RegExp>> = {
  400: /^invalid_request$/,
  401: /^unauthorized$/,
  404: /^not_found$/,
  405: /^method_not_allowed$/,
  408: /^invalid_request$/,
  413: /^invalid_request$/,
  414: /^invalid_request$/,
  431: /^invalid_request$/,
  500: /^docker_(not_found|unreachable|failed|timeout)$/,
  503: /^unavailable$/,
  504: /^not_cached$/,
};
const STATUSES = [200, 204, 302, 304, 308, ...Object.keys(ERROR_CODES).map(Number)];

const PROCESS_EVENTS = ['unhandledRejection', 'uncaughtException', 'warning'] as const;

/** A service that gets random requests, and what they led to. */
export class FuzzedService<Runner extends CommandRunner> {
  readonly responsesByStatus = new Map<number, number>();
  readonly requestsByRoute = new Map<string, number>();
  /** What Nest's logger has logged. */
  readonly logged: unknown[] = [];
  /** Unhandled errors, warnings of Node, and text on stderr. */
  readonly processErrors: unknown[] = [];
  /** Log lines with a key, or with an IPv6 zone, which is not part of an address. */
  readonly leaks: string[] = [];
  port = 0;

  private constructor(readonly test: TestApp<Runner>) {}

  static async start<Runner extends CommandRunner>(
    runner: Runner,
    env: Variables = {},
  ): Promise<FuzzedService<Runner>> {
    const test = await bootApp(
      {
        API_KEYS: API_KEYS.join(),
        AUTH_FAILURES_PER_MINUTE: '1000000',
        RATE_LIMIT_PER_MINUTE: '1000000',
        STATS_INTERVAL_MS: '0',
        STATS_IDLE_AFTER_MS: '0',
        STATS_MAX_AGE_MS: '0',
        STREAM_HEARTBEAT_MS: '2000', // finds a closed connection that has pipelined requests, which is not read
        LOG_LEVEL: 'trace',
        TRUST_PROXY: '127.0.0.1',
        ...env,
      },
      { runner },
    );
    const service = new FuzzedService(test);
    test.log.write = (line) => service.#checkLogLine(line);
    service.port = Number(new URL(await test.app.getUrl()).port);
    return service;
  }

  /** For one test, collects what the service logs and the errors of the process. */
  collectErrors(): void {
    const record = (error: unknown): void => void this.processErrors.push(error);
    for (const level of ['log', 'warn', 'error', 'fatal'] as const) {
      vi.spyOn(Logger.prototype, level).mockImplementation(
        (...lines: unknown[]) => void this.logged.push(...lines),
      );
    }
    for (const event of PROCESS_EVENTS) process.on(event, record);
    onTestFinished(() => PROCESS_EVENTS.forEach((event) => process.off(event, record)));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => this.processErrors.push(text) > 0);
  }

  #checkLogLine(line: string): void {
    if (WHOLE_KEY.test(line) || line.includes('fuzz-zone')) this.leaks.push(line);
    const { route } = JSON.parse(line) as { readonly route?: string };
    if (route !== undefined) count(this.requestsByRoute, route);
  }
}

/** Checks a response to a random request. */
type Check = (response: RawResponse, request: string) => void;

/** Sends random requests. Checks that each gets only documented responses, and calls `check` with them. */
export async function sendRandomRequests(
  service: FuzzedService<CommandRunner>,
  numRuns: number,
  check: Check,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(anyRequest, (request) => expectResponses(service, request, check)),
    { numRuns, endOnFailure: true },
  );
}

async function expectResponses(
  { port, responsesByStatus, processErrors, leaks }: FuzzedService<CommandRunner>,
  request: string,
  check: Check,
): Promise<void> {
  const responses = parseResponses(await exchange(port, request));
  expect(responses).not.toEqual([]);
  for (const response of responses) {
    expectDocumented(response);
    check(response, request);
    count(responsesByStatus, response.status);
  }
  expect(processErrors.splice(0)).toEqual([]);
  expect(leaks.splice(0)).toEqual([]);
}

/** Checks that these statuses were reached, and that no key is in the log and no connection is open. */
export async function expectCleanEnd(
  { responsesByStatus, leaks, processErrors, logged, test }: FuzzedService<CommandRunner>,
  statuses: readonly number[],
): Promise<void> {
  const counts = [...responsesByStatus].toSorted(([a], [b]) => a - b);
  console.log('responses by status:', Object.fromEntries(counts));
  expect([...responsesByStatus.keys()]).toEqual(expect.arrayContaining([...statuses]));
  expect(leaks).toEqual([]);
  expect(processErrors).toEqual([]);
  expect(logged.filter((line) => /-key-0123|\n\s*at /.test(String(line)))).toEqual([]);
  const server = test.app.getHttpServer();
  const countConnections = promisify(server.getConnections.bind(server));
  await expect.poll(() => countConnections(), { timeout: 15_000 }).toBe(0);
  await test.client.get('/health/live').expect(200);
}

/** Checks that a response is documented, and leaks no key, stack trace or file. */
function expectDocumented({ status, head, body }: RawResponse): void {
  expect(STATUSES).toContain(status);
  expect(head).not.toMatch(WHOLE_KEY);
  expect(KEYS.filter((key) => body.includes(key))).toEqual([]);
  expect(body).not.toMatch(/\n\s*at |node_modules|\.[jt]s:\d+/);
  expect(body).not.toMatch(/@nestjs|root:x:0/); // a file of the service or of the machine
  const isJson = /^content-type: application\/json/im.test(head) && !/^content-encoding:/im.test(head);
  if (body === '' || (status < 400 && !isJson)) return;
  const json: unknown = JSON.parse(Buffer.from(body, 'latin1').toString());
  if (status < 400 || (json as { details?: unknown }).details !== undefined) return; // a health check
  expect(json).toStrictEqual({
    statusCode: status,
    code: expect.stringMatching(ERROR_CODES[status] ?? /^$/) as string,
    message: expect.any(String) as string,
  });
}

function count<Value>(counts: Map<Value, number>, value: Value): void {
  counts.set(value, (counts.get(value) ?? 0) + 1);
}
