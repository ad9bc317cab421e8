import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { CommandResult } from '../../src/command/command-runner.js';
import type { ContainerStats, SkippedRow } from '../../src/stats/stats-sample.js';

const FOLDER = new URL('../fixtures/docker-stats/', import.meta.url);

/** A recorded run of a real docker CLI, and what the service makes of it; see `test/fixtures/README.md`. */
export interface Recording {
  readonly case: string;
  readonly note: string;
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly killedAfterSeconds: number | null;
  readonly durationMs: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly expected:
    | { readonly error: string }
    | { readonly containers: readonly ContainerStats[]; readonly skipped: readonly SkippedRow[] };
}

/** Every recording of `docker stats --no-stream`. */
export function recordings(): Recording[] {
  return readdirSync(FOLDER).map(
    (file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recording,
  );
}

/** The recording as the CommandRunner would have returned it; the recorder's SIGTERM stands for the deadline. */
export function resultOf(recording: Recording): CommandResult {
  const { exitCode, stdout, stderr, durationMs, killedAfterSeconds } = recording;
  const bySignal = exitCode < 0;
  return {
    exitCode: bySignal ? null : exitCode,
    signal: bySignal ? signalName(-exitCode) : null,
    stdout,
    stderr,
    durationMs,
    timedOut: killedAfterSeconds !== null,
  };
}

function signalName(number: number): NodeJS.Signals {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name as NodeJS.Signals;
}
