import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { CommandResult } from '../../../src/command/command-runner.js';
import type { ContainerDetails, ListedContainer } from '../../../src/docker/parsers/container-list.js';

const FIXTURES = 'test/fixtures';

/** A recorded run of a real CLI with the expected result; see `test/fixtures/README.md`. */
export interface RecordingOf<Expected> {
  readonly case: string;
  readonly note: string;
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly killedAfterSeconds: number | null;
  readonly durationMs: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly expected: Expected | { readonly error: string };
}

/** A run of `docker stats --no-stream`. */
export type Recording = RecordingOf<{
  readonly containers: readonly Omit<ContainerStats, keyof ContainerDetails>[];
  readonly skipped: readonly Pick<SkippedRow, 'container' | 'reason'>[];
}>;

/** A run of `docker version` with the service's template. */
export type VersionRecording = RecordingOf<{ readonly version: string }>;

/** A run of `docker ps` with the service's template. The containers have their id as key. */
export type PsRecording = RecordingOf<{ readonly containers: Readonly<Record<string, ListedContainer>> }>;

/** Reads all recordings of `docker stats --no-stream`. */
export function readRecordings(): Recording[] {
  return readFolder<Recording>('docker-stats');
}

/** Reads all recordings of `docker version`. */
export function readVersionRecordings(): VersionRecording[] {
  return readFolder<VersionRecording>('docker-version');
}

/** Reads all recordings of `docker ps`. */
export function readPsRecordings(): PsRecording[] {
  return readFolder<PsRecording>('docker-ps');
}

function readFolder<Kind>(name: string): Kind[] {
  const folder = join(FIXTURES, name);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Kind);
}

/** Converts a recording to the result of a CommandRunner. The recorder's SIGTERM counts as the timeout. */
export function toCommandResult(recording: RecordingOf<unknown>): CommandResult {
  const { exitCode, stdout, stderr, durationMs, killedAfterSeconds } = recording;
  const isSignal = exitCode < 0;
  return {
    exitCode: isSignal ? null : exitCode,
    signal: isSignal ? getSignalName(-exitCode) : null,
    stdout,
    stderr,
    durationMs,
    timedOut: killedAfterSeconds !== null,
  };
}

function getSignalName(number: number): NodeJS.Signals {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name as NodeJS.Signals;
}
