import type { ErrorBody, FullStats } from 'docker-stats-client';
import { findResponseProblem, getSampledAt, isFullView, parseJson } from './check-response.js';
import { type CheckedSample, checkSample } from './check-sample.js';
import type { GroundTruth } from './ground-truth.js';
import type { TimedResponse } from '../../support/http/steady-load.js';

/** What the responses to a load were. */
export interface LoadReport {
  readonly requests: number;
  /** How many responses have status 200. */
  readonly ok: number;
  /** How many have another status. */
  readonly errors: number;
  /** Each error message once. */
  readonly errorMessages: readonly string[];
  /** From the first error to the last one. */
  readonly errorsForMs: number;
  /** How many responses are wrong. */
  readonly wrong: number;
  /** What is wrong with them; each problem once. */
  readonly problems: readonly string[];
  /** From the recovery of docker to the first complete sample after the last error; `NaN` if there is none. */
  readonly recoveryMs: number;
  /** The longest time that docker took for a sample outside the outage, or for the first one after it. */
  readonly longestSampleMs: number;
  /** How many short-lived containers all samples together had to contain. */
  readonly shortLivedExpected: number;
}

/** Compares every response with the ground truth. */
export function reportLoad(responses: readonly TimedResponse[], truth: GroundTruth): LoadReport {
  const samples = collectSamples(responses, truth);
  const getSample = (response: TimedResponse): CheckedSample | undefined =>
    samples.get(getSampledAt(response));

  const problems = responses.flatMap(
    (response) => findResponseProblem(response, getSample(response), truth) ?? [],
  );
  const errors = responses.filter(({ status }) => status !== 200);
  const firstErrorAt = errors[0]?.receivedAt ?? NaN;
  const lastErrorAt = errors.at(-1)?.receivedAt ?? NaN;
  const recovery = responses.find(
    (response) => response.receivedAt > lastErrorAt && getSample(response)?.isComplete === true,
  );
  const undisturbed = [...samples.values()].filter(({ overlapsOutage }) => !overlapsOutage);
  const first = recovery && getSample(recovery);
  return {
    requests: responses.length,
    ok: responses.length - errors.length,
    errors: errors.length,
    errorMessages: [...new Set(errors.map(parseErrorMessage))],
    errorsForMs: lastErrorAt - firstErrorAt,
    wrong: problems.length,
    problems: [...new Set(problems)],
    recoveryMs: Math.max(0, (recovery?.receivedAt ?? NaN) - truth.outage.recoveredAt),
    longestSampleMs: Math.max(
      0,
      ...undisturbed.map(({ stats }) => stats.durationMs),
      first?.stats.durationMs ?? 0,
    ),
    shortLivedExpected: [...samples.values()].reduce((sum, sample) => sum + sample.shortLivedExpected, 0),
  };
}

/** Returns the samples of the responses by `sampledAt`. Only the full view contains a whole sample. */
function collectSamples(
  responses: readonly TimedResponse[],
  truth: GroundTruth,
): ReadonlyMap<string, CheckedSample> {
  const samples = new Map<string, CheckedSample>();
  for (const response of responses) {
    if (response.status !== 200 || !isFullView(response)) continue;
    const stats = parseJson(response.body) as FullStats | undefined;
    if (stats?.sampledAt === undefined || samples.has(stats.sampledAt)) continue;
    samples.set(stats.sampledAt, checkSample(stats, truth));
  }
  return samples;
}

function parseErrorMessage({ body }: TimedResponse): string {
  return String((parseJson(body) as Partial<ErrorBody> | undefined)?.message);
}
