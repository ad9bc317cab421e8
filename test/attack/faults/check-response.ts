import type { ErrorBody, FullStats } from 'docker-stats-client';
import { formatBasicJson } from '../../../src/stats/formats/stats-json.js';
import type { CheckedSample } from './check-sample.js';
import type { GroundTruth } from './ground-truth.js';
import type { TimedResponse } from '../../support/http/steady-load.js';

/** Allows for rounding in the service, and for the clocks of two threads. */
const CLOCK_TOLERANCE_MS = 50;

/** How late a response may be on a busy machine. */
const LATE_MS = 3000;

/**
 * Returns what is wrong with a response; `undefined` if it is correct.
 *
 * @param sample the sample with the `X-Sampled-At` of the response
 */
export function findResponseProblem(
  response: TimedResponse,
  sample: CheckedSample | undefined,
  truth: GroundTruth,
): string | undefined {
  const { status, body, sentAt, receivedAt } = response;
  if (status === 0) return `no response: ${body}`;
  const json = parseJson(body);
  if (json === undefined) return `status ${status}, not JSON: ${body.slice(0, 200)}`;
  if (receivedAt - sentAt > truth.maxRunMs + LATE_MS) return `took ${receivedAt - sentAt} ms`;

  if (status !== 200) return findErrorProblem(response, json as ErrorBody, truth);
  if (sample === undefined) return `no full view of the sample of ${getSampledAt(response)}`;
  return isFullView(response)
    ? findFullViewProblem(response, json as FullStats, sample, truth)
    : findBasicViewProblem(response, sample, truth);
}

export function isFullView({ path }: TimedResponse): boolean {
  return path.endsWith('view=full');
}

export function getSampledAt({ headers }: TimedResponse): string {
  return String(headers['x-sampled-at']);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function findErrorProblem(
  { status, body, receivedAt }: TimedResponse,
  { statusCode, code, message, ...more }: ErrorBody,
  truth: GroundTruth,
): string | undefined {
  const isDocumented = statusCode === 500 && /^Error: ./.test(message) && Object.keys(more).length === 0;
  if (status !== 500 || !isDocumented || code !== truth.errorCode) return `status ${status}: ${body}`;
  if (receivedAt < truth.outage.startedAt) return `before the fault: ${body}`;
  return undefined;
}

function findBasicViewProblem(
  response: TimedResponse,
  sample: CheckedSample,
  truth: GroundTruth,
): string | undefined {
  const expected = `[${sample.stats.containers.map(formatBasicJson).join(',')}]\n`;
  if (response.body !== expected) return `${response.body} is not ${expected}`;
  const ageMs = Number(response.headers['age']) * 1000;
  return findAgeProblem(response, ageMs, 1000, truth) ?? sample.problem;
}

function findFullViewProblem(
  response: TimedResponse,
  { ageMs, ...stats }: FullStats,
  sample: CheckedSample,
  truth: GroundTruth,
): string | undefined {
  const { ageMs: _, ...first } = sample.stats;
  if (JSON.stringify(stats) !== JSON.stringify(first))
    return `two versions of the sample of ${stats.sampledAt}`;
  const age = Number(response.headers['age']);
  if (Math.abs(ageMs / 1000 - age) > 1) return `Age is ${age}, but ageMs is ${ageMs}`;
  return findAgeProblem(response, ageMs, 0, truth) ?? sample.problem;
}

/** Checks that the sample had the reported age at some time between the request and the response. `Age` is rounded down. */
function findAgeProblem(
  response: TimedResponse,
  ageMs: number,
  roundedDownByMs: number,
  { maxAgeMs }: GroundTruth,
): string | undefined {
  const sampledAt = Date.parse(getSampledAt(response));
  const isFresh = ageMs >= 0 && ageMs <= maxAgeMs + CLOCK_TOLERANCE_MS;
  const isTrue =
    sampledAt + ageMs > response.sentAt - roundedDownByMs - CLOCK_TOLERANCE_MS &&
    sampledAt + ageMs < response.receivedAt + CLOCK_TOLERANCE_MS;
  if (isFresh && isTrue) return undefined;
  return `reported as ${ageMs} ms old, but ${response.receivedAt - sampledAt} ms old when received`;
}
