import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import type { CommandResult } from '../../src/command/command-runner.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);

/** A recorded run of a real CLI, and what the service makes of it; see `test/fixtures/README.md`. */
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

/** Of `docker stats --no-stream`. */
export type Recording = RecordingOf<{
  readonly containers: readonly ContainerStats[];
  readonly skipped: readonly SkippedRow[];
}>;

/** Of `docker version`, with the template of the service. */
export type VersionRecording = RecordingOf<{ readonly version: string }>;

/** Every recording of `docker stats --no-stream`. */
export function recordings(): Recording[] {
  return recordingsIn<Recording>('docker-stats/');
}

/** Every recording of `docker version`. */
export function versionRecordings(): VersionRecording[] {
  return recordingsIn<VersionRecording>('docker-version/');
}

function recordingsIn<Kind>(name: string): Kind[] {
  const folder = new URL(name, FIXTURES);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Kind);
}

/** The recording as the CommandRunner would have returned it; the recorder's SIGTERM stands for the deadline. */
export function resultOf(recording: RecordingOf<unknown>): CommandResult {
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
