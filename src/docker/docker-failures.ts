import { CommandError, type CommandErrorCode } from '../command/command.error.js';
import type { CommandResult } from '../command/command-runner.js';
import { StatsSourceError, type StatsSourceFailure } from '../sampling/stats-source.error.js';

const NOT_FOUND: StatsSourceFailure = {
  code: 'docker_not_found',
  reason: 'the docker CLI is not installed or not executable',
  advice: 'install the docker CLI, or set DOCKER_BIN to its path',
};

/** Docker ended well and told nothing: what it does when it loses its daemon in the middle of a run. */
export const DAEMON_LOST: StatsSourceFailure = {
  code: 'docker_unreachable',
  reason: 'the Docker daemon was lost in the middle of a run',
  advice: 'check that the Docker daemon runs and that DOCKER_BIN is a docker CLI',
};

const TIMEOUT: StatsSourceFailure = {
  code: 'docker_timeout',
  reason: 'the Docker daemon did not answer in time',
  advice:
    'check the Docker daemon, which seems to hang; DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines',
};

const UNSUPPORTED: StatsSourceFailure = {
  code: 'docker_unsupported',
  reason: 'Podman is not supported yet',
  advice: "set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine",
};

/** What Podman 4 and 5 write in place of the components of the server: their `version` has none. */
const PODMAN_CLI = /can't evaluate field Components in type \*define\.Version/;

/** Docker failed in a way that is none of the others. */
const FAILED: StatsSourceFailure = {
  code: 'docker_failed',
  reason: 'the docker CLI failed',
  advice: 'run `docker stats --no-stream` by hand, as the user and in the environment of this service',
};

const STOPPING: StatsSourceFailure = {
  code: 'docker_failed',
  reason: 'the service is stopping',
  advice: 'ask again when it runs',
};

/**
 * What the CLI writes when it cannot reach or use its daemon: recorded wordings of 20.10 to 29, the particular
 * before the general. Text decides nothing but the choice among failures, and what it does not know is FAILED.
 */
const UNREACHABLE: readonly { readonly pattern: RegExp; readonly reason: string; readonly advice: string }[] =
  [
    {
      pattern: /permission denied while trying to connect|connect: permission denied|authorization denied/i,
      reason: 'permission to use the Docker daemon was denied',
      advice: "let this service's user use the Docker daemon: add it to the group of the socket",
    },
    {
      pattern: /client version \S+ is too (old|new)/i,
      reason: 'the Docker daemon refuses the API version of this docker CLI',
      advice: 'install a docker CLI that fits the daemon, or set DOCKER_API_VERSION',
    },
    {
      pattern:
        /\btls:|x509:|server gave HTTP response to HTTPS client|HTTP request to an HTTPS server|--tlsverify/i,
      reason: 'the TLS connection to the Docker daemon failed',
      advice: 'check DOCKER_TLS_VERIFY and the certificates in DOCKER_CERT_PATH',
    },
    {
      pattern: /unable to resolve docker endpoint/i,
      reason: "the docker CLI's settings name no usable Docker daemon",
      advice: 'check DOCKER_HOST, DOCKER_CONTEXT and DOCKER_CERT_PATH',
    },
    {
      pattern: /cannot connect to|failed to connect to the docker API|is the docker daemon running/i,
      reason: 'the Docker daemon is down or does not listen where the docker CLI looks for it',
      advice: 'start Docker, or set DOCKER_HOST to where it listens',
    },
    {
      pattern: /error during connect|\bdial (tcp|unix)\b|^(get|head|post) "?https?:/im,
      reason: 'the connection to the Docker daemon failed',
      advice: 'check DOCKER_HOST, and that a Docker daemon listens there',
    },
  ];

/** What it means for docker that there is no result. */
const COMMAND_FAILURES: Readonly<Record<CommandErrorCode, StatsSourceFailure>> = {
  command_not_found: NOT_FOUND,
  command_not_executable: NOT_FOUND,
  command_start_failed: FAILED,
  command_output_limit: FAILED,
  command_aborted: STOPPING,
};

/** Exit codes of a shell or wrapper that could not run the CLI (POSIX.1-2017, Shell Command Language, 2.8.2). */
const NOT_RUN_EXIT_CODES: ReadonlySet<number | null> = new Set([126, 127]);

/** A docker run that has no result, as the error that callers see; other errors come back as they are. */
export function dockerErrorOf(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  return new StatsSourceError(COMMAND_FAILURES[error.code], error.message, { cause: error });
}

/** A docker run that missed its deadline and printed nothing of use. */
export function dockerTimeout(timeoutMs: number): StatsSourceError {
  return new StatsSourceError(TIMEOUT, `docker did not answer within ${timeoutMs} ms`);
}

/** An engine or CLI whose figures would be wrong. */
export function podmanUnsupported(version: string): StatsSourceError {
  return new StatsSourceError(UNSUPPORTED, `Podman ${version} is not supported yet, and gives wrong figures`);
}

/** A docker run that ended by itself and failed. */
export function dockerFailure({ exitCode, signal, stdout, stderr }: CommandResult): StatsSourceError {
  if (PODMAN_CLI.test(stderr)) return podmanUnsupported(firstWords(stdout, 64));
  const message = firstWords(stderr) || `docker ended with ${signal ?? `exit code ${exitCode}`}`;
  if (NOT_RUN_EXIT_CODES.has(exitCode)) return new StatsSourceError(NOT_FOUND, message);
  const known = UNREACHABLE.find(({ pattern }) => pattern.test(stderr));
  return new StatsSourceError(known ? { code: 'docker_unreachable', ...known } : FAILED, message);
}

/** The start of a text from outside, on one line and without control or formatting characters: fit for a log and an answer. */
export function firstWords(text: string, maxLength = 500): string {
  const line = text
    .slice(0, maxLength * 2)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}
