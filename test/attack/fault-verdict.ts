import type { ContainerStats, ErrorBody, FullStats } from 'docker-stats-client';
import { basicJson } from '../../src/stats/formats/stats-json.js';
import type { ShortLived } from '../support/churn.js';
import type { Answer } from './steady-load.js';

/** For the roundings of the service, and for the clocks of two threads. */
const CLOCK_MS = 50;

/** How late an answer may be on a busy machine. */
const LATE_MS = 3000;

/** How long a container has to run until its figures are those of its load. */
const SETTLE_MS = 3000;

const CONTAINER_KEYS =
  'id,name,cpuUsage,memoryUsage,memoryLimit,memoryPercent,networkReceived,networkSent,blockRead,blockWritten,pids';

/** What is known of a container; one that the fault ended and docker started again is here twice. */
export interface KnownContainer extends ShortLived {
  /** Whether these can be its figures, once it has run for a while. */
  readonly isPlausible?: (figures: ContainerStats) => boolean;
}

/** When the fault was; times of the wall clock, in milliseconds. */
export interface Outage {
  /** Nothing may fail before. */
  readonly began: number;
  /** Between these docker could not take a sample. */
  readonly downFrom: number;
  readonly downTo: number;
  /** From here on docker answers, and the containers run. */
  readonly back: number;
}

/** What was true while the answers came, and what the service promises. */
export interface Truth {
  readonly containers: readonly KnownContainer[];
  readonly outage: Outage;
  /** The one right code of an error. */
  readonly code: string;
  readonly maxAgeMs: number;
  /** How long the service may run docker for a sample, and so keep a request waiting. */
  readonly maxRunMs: number;
}

/** What the answers were worth. */
export interface Verdict {
  readonly requests: number;
  /** Answers with status 200. */
  readonly figures: number;
  /** All others. */
  readonly errors: number;
  readonly messages: readonly string[];
  /** From the first error to the last one. */
  readonly errorsForMs: number;
  readonly wrong: number;
  /** What is wrong with them; each fault once. */
  readonly faults: readonly string[];
  /** From the end of the fault to the first figures of all containers after the last error; `NaN` when there are none. */
  readonly recoveryMs: number;
  /** How long docker took for a sample, at most: those that the fault did not meet, and the first after it. */
  readonly sampleMs: number;
  /** How many times a container that came and went had to be in a sample. */
  readonly shortLivedChecked: number;
}

/** Compares every answer with what was true when it was given. */
export function judge(answers: readonly Answer[], truth: Truth): Verdict {
  const samples = new Samples(answers, truth);
  const wrong = answers.flatMap((answer) => samples.faultOf(answer) ?? []);
  const errors = answers.filter(({ status }) => status !== 200);
  const [firstErrorAt = NaN, lastErrorAt = firstErrorAt] = [errors[0]?.receivedAt, errors.at(-1)?.receivedAt];
  const recovery = answers.find(
    (answer) => answer.receivedAt > lastErrorAt && samples.of(answer)?.isWhole === true,
  );
  return {
    requests: answers.length,
    figures: answers.length - errors.length,
    errors: errors.length,
    messages: [...new Set(errors.map(messageOf))],
    errorsForMs: lastErrorAt - firstErrorAt,
    wrong: wrong.length,
    faults: [...new Set(wrong)],
    recoveryMs: Math.max(0, (recovery?.receivedAt ?? NaN) - truth.outage.back),
    sampleMs: Math.max(samples.longestMs, (recovery && samples.of(recovery)?.stats.durationMs) ?? 0),
    shortLivedChecked: samples.shortLivedChecked,
  };
}

interface Sample {
  /** In the full view, as it came first. */
  readonly stats: FullStats;
  readonly fault: string | undefined;
  /** Whether every container that ran through it is in it. */
  readonly isWhole: boolean;
}

/** The samples that the answers are of, by the time at which they were taken. */
class Samples {
  readonly #samples = new Map<string, Sample>();
  longestMs = 0;
  shortLivedChecked = 0;

  constructor(
    answers: readonly Answer[],
    private readonly truth: Truth,
  ) {
    for (const { status, path, text } of answers) {
      if (status !== 200 || !isFullView(path)) continue;
      const stats = parse(text) as FullStats | undefined;
      if (stats?.sampledAt !== undefined && !this.#samples.has(stats.sampledAt)) this.#add(stats);
    }
  }

  of({ headers }: Answer): Sample | undefined {
    return this.#samples.get(String(headers['x-sampled-at']));
  }

  faultOf(answer: Answer): string | undefined {
    const { status, text, sentAt, receivedAt } = answer;
    if (status === 0) return `no answer: ${text}`;
    const body = parse(text);
    if (body === undefined) return `status ${status} and no JSON: ${text.slice(0, 200)}`;
    if (receivedAt - sentAt > this.truth.maxRunMs + LATE_MS) return `took ${receivedAt - sentAt} ms`;
    return status === 200
      ? this.#faultOfFigures(answer, body)
      : this.#faultOfError(answer, body as ErrorBody);
  }

  #faultOfError({ status, text, receivedAt }: Answer, error: ErrorBody): string | undefined {
    const { statusCode, code, message, ...more } = error;
    const isDocumented = statusCode === 500 && /^Error: ./.test(message) && Object.keys(more).length === 0;
    if (status !== 500 || !isDocumented || code !== this.truth.code) return `status ${status}: ${text}`;
    return receivedAt < this.truth.outage.began ? `before the fault: ${text}` : undefined;
  }

  #faultOfFigures(answer: Answer, body: unknown): string | undefined {
    const { path, headers, text } = answer;
    const sampledAt = String(headers['x-sampled-at']);
    const age = Number(headers['age']);
    const sample = this.of(answer);
    if (sample === undefined) return `no full view has the sample of ${sampledAt}`;
    if (!isFullView(path)) {
      const expected = `[${sample.stats.containers.map(basicJson).join(',')}]\n`;
      if (text !== expected) return `${text} is not ${expected}`;
      return this.#faultOfAge(answer, age * 1000, 1000) ?? sample.fault;
    }
    const { ageMs, ...stats } = body as FullStats;
    const { ageMs: _, ...first } = sample.stats;
    if (JSON.stringify(stats) !== JSON.stringify(first)) return `two forms of the sample of ${sampledAt}`;
    if (Math.abs(ageMs / 1000 - age) > 1) return `Age is ${age}, and ageMs ${ageMs}`;
    return this.#faultOfAge(answer, ageMs, 0) ?? sample.fault;
  }

  /** Whether the sample is young enough, and was as old as is said at a time between the request and its answer. */
  #faultOfAge(answer: Answer, ageMs: number, roundedDownByMs: number): string | undefined {
    const sampledAt = Date.parse(String(answer.headers['x-sampled-at']));
    const isOld = !(ageMs >= 0 && ageMs <= this.truth.maxAgeMs + CLOCK_MS);
    const earliest = answer.sentAt - roundedDownByMs - CLOCK_MS;
    const isTrue = sampledAt + ageMs > earliest && sampledAt + ageMs < answer.receivedAt + CLOCK_MS;
    return isOld || !isTrue ? `${ageMs} ms old, ${answer.receivedAt - sampledAt} when it came` : undefined;
  }

  #add(stats: FullStats): void {
    const { outage } = this.truth;
    const end = Date.parse(stats.sampledAt);
    const start = end - stats.durationMs;
    const isDisturbed = end > outage.began && start < outage.back;
    if (!isDisturbed) this.longestMs = Math.max(this.longestMs, stats.durationMs);

    const ran = this.truth.containers.filter(({ from, to }) => from < start && to > end);
    this.shortLivedChecked += ran.filter(({ isPlausible }) => isPlausible === undefined).length;
    const missing = ran.filter(({ id }) => stats.containers.every((container) => container.id !== id));
    const unexplained = isDisturbed
      ? missing.filter((container) => !isSaidUnread(stats, container))
      : missing;
    const fault =
      faultOfShape(stats) ??
      (stats.durationMs > this.truth.maxRunMs ? `durationMs: ${stats.durationMs}` : undefined) ??
      (start > outage.downFrom && end < outage.downTo ? 'taken while docker was down' : undefined) ??
      (stats.containers.length === 0 ? this.#faultOfEmpty(end) : undefined) ??
      (unexplained[0] && `without ${unexplained[0].name}: ${JSON.stringify(stats)}`) ??
      this.#unexpected(stats, start, end) ??
      this.#implausible(stats, start, end);
    this.#samples.set(stats.sampledAt, { stats, fault, isWhole: missing.length === 0 });
  }

  #faultOfEmpty(end: number): string | undefined {
    const { containers, outage } = this.truth;
    if (end > outage.downFrom && end < outage.downTo) return 'empty while docker was down';
    return containers.some(({ from, to }) => from < end && to > end)
      ? 'empty while containers ran'
      : undefined;
  }

  #unexpected(stats: FullStats, start: number, end: number): string | undefined {
    const possible = this.truth.containers.filter(({ earliest, latest }) => earliest < end && latest > start);
    const names = new Set(possible.map(({ name }) => name));
    const unexpected = stats.containers.find(({ name }) => !names.has(name));
    return unexpected && `${unexpected.name} did not run`;
  }

  #implausible(stats: FullStats, start: number, end: number): string | undefined {
    const settled = this.truth.containers.filter(({ from, to }) => from + SETTLE_MS < start && to > end);
    const implausible = stats.containers.find(
      (figures) => settled.find(({ id }) => id === figures.id)?.isPlausible?.(figures) === false,
    );
    return implausible && `implausible: ${JSON.stringify(implausible)}`;
  }
}

function isFullView(path: string): boolean {
  return path.endsWith('view=full');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function faultOfShape({ containers, skipped }: FullStats): string | undefined {
  const malformed =
    containers.find(
      (container) =>
        Object.keys(container).join(',') !== CONTAINER_KEYS ||
        !/^[\da-f]{64}$/.test(container.id) ||
        ![container.cpuUsage, container.memoryUsage].every(Number.isFinite),
    ) ?? skipped.find((row) => Object.keys(row).join(',') !== 'container,reason');
  return malformed && `malformed: ${JSON.stringify(malformed)}`;
}

/** Whether the sample says of a container that docker did not tell its figures; it may know no more than its id. */
function isSaidUnread({ skipped }: FullStats, { id, name }: KnownContainer): boolean {
  return skipped.some(
    ({ container, reason }) =>
      (reason === 'no_reading' || reason === 'timed_out') &&
      container !== null &&
      (container === name || id.startsWith(container)),
  );
}

function messageOf({ text }: Answer): string {
  return String((parse(text) as Partial<ErrorBody> | undefined)?.message);
}
