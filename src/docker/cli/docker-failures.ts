import { CommandError, type CommandErrorCode } from '../../command/command.error.js';
import type { CommandResult } from '../../command/command-runner.js';
import { toSafeLine } from '../../sampling/safe-line.js';
import { StatsSourceError, type StatsSourceFailure } from '../../sampling/stats-source.error.js';
import { findSshFailure } from './ssh-failures.js';

const NOT_FOUND: StatsSourceFailure = {
  code: 'docker_not_found',
  reason: 'The docker CLI is not installed or not executable',
  advice: 'install the docker CLI, or set DOCKER_BIN to its path',
};

/** Docker exited with 0 but without a result, as it does when it loses its daemon during a run. */
export const DAEMON_LOST: StatsSourceFailure = {
  code: 'docker_unreachable',
  reason: 'The docker CLI lost its connection to the Docker daemon',
  advice: 'check that the Docker daemon is running and that DOCKER_BIN is a docker CLI',
};

const TIMEOUT: StatsSourceFailure = {
  code: 'docker_timeout',
  reason: 'The Docker daemon did not respond in time',
  advice: 'check whether the Docker daemon hangs; DOCKER_TIMEOUT_MS and HEALTH_TIMEOUT_MS set the deadlines',
};

const UNSUPPORTED: StatsSourceFailure = {
  code: 'docker_unsupported',
  reason: 'Podman is not supported yet',
  advice: "set DOCKER_BIN to Docker's own CLI, and DOCKER_HOST to a Docker engine",
};

/** Podman 4 and 5 print this error, because the result of their `version` command has no `Components`. */
const PODMAN_CLI = /can't evaluate field Components in type \*define\.Version/;

/** Every other failure of docker. */
const FAILED: StatsSourceFailure = {
  code: 'docker_failed',
  reason: 'The docker CLI failed',
  advice: 'run `docker stats --no-stream` by hand, as the user and in the environment of this service',
};

const SHUTTING_DOWN: StatsSourceFailure = {
  code: 'docker_failed',
  reason: 'The service is shutting down',
  advice: 'retry when the service runs again',
};

/**
 * The errors of a CLI that cannot reach or use its daemon, as recorded from CLIs 20.10 to 29. Specific patterns come first.
 * Text that matches no pattern means `FAILED`.
 */
const UNREACHABLE: readonly { readonly pattern: RegExp; readonly reason: string; readonly advice: string }[] =
  [
    {
      pattern: /permission denied while trying to connect|connect: permission denied|authorization denied/i,
      reason: 'Permission to use the Docker daemon was denied',
      advice: "allow this service's user to use the Docker daemon: add it to the group of the Docker socket",
    },
    {
      pattern: /client version \S+ is too (old|new)/i,
      reason: 'The Docker daemon does not support the API version of this docker CLI',
      advice: 'install a docker CLI that supports the API of the daemon, or set DOCKER_API_VERSION',
    },
    {
      // TLS 1.3: the engine refuses a client certificate after the handshake, and its alert may be lost.
      pattern: /\bhttps:.*(?:connection reset by peer|broken pipe)/i,
      reason: 'The Docker daemon closed the TLS connection',
      advice:
        'check the certificates in DOCKER_CERT_PATH: the daemon may require a client certificate of its own CA',
    },
    {
      pattern:
        /\btls:|x509:|server gave HTTP response to HTTPS client|HTTP request to an HTTPS server|--tlsverify/i,
      reason: 'The TLS connection to the Docker daemon failed',
      advice: 'check DOCKER_TLS_VERIFY and the certificates in DOCKER_CERT_PATH',
    },
    {
      pattern: /unable to resolve docker endpoint/i,
      reason: 'The settings of the docker CLI do not name a usable Docker daemon',
      advice: 'check DOCKER_HOST, DOCKER_CONTEXT and DOCKER_CERT_PATH',
    },
    {
      pattern: /cannot connect to|failed to connect to the docker API|is the docker daemon running/i,
      reason: 'The Docker daemon is not running, or listens on another address',
      advice: 'start Docker, or set DOCKER_HOST to the address of the daemon',
    },
    {
      pattern: /error during connect|\bdial (tcp|unix)\b|^(get|head|post) "?https?:/im,
      reason: 'The connection to the Docker daemon failed',
      advice: 'check DOCKER_HOST, and that a Docker daemon listens on that address',
    },
  ];

/** The failure for each error of the CommandRunner. */
const COMMAND_FAILURES: Readonly<Record<CommandErrorCode, StatsSourceFailure>> = {
  command_not_found: NOT_FOUND,
  command_not_executable: NOT_FOUND,
  command_start_failed: FAILED,
  command_output_limit: FAILED,
  command_aborted: SHUTTING_DOWN,
};

/** Exit codes of a shell or wrapper that cannot run the CLI (POSIX.1-2017, Shell Command Language, 2.8.2). */
const NOT_RUN_EXIT_CODES: ReadonlySet<number | null> = new Set([126, 127]);

/** Converts an error of the CommandRunner; returns any other error unchanged. */
export function convertCommandError(error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  return new StatsSourceError(COMMAND_FAILURES[error.code], error.message, { cause: error });
}

/** The error of a docker run that reached its deadline without usable output. */
export function createTimeoutError(timeoutMs: number): StatsSourceError {
  return new StatsSourceError(TIMEOUT, `Docker did not respond within ${timeoutMs} ms`);
}

/** The error of Podman, which returns wrong figures. */
export function createPodmanError(version: string): StatsSourceError {
  return new StatsSourceError(UNSUPPORTED, `Podman ${version} is not supported yet, and gives wrong figures`);
}

/** The error of a docker run that failed before its deadline. */
export function createDockerError({ exitCode, signal, stdout, stderr }: CommandResult): StatsSourceError {
  if (PODMAN_CLI.test(stderr)) return createPodmanError(toSafeLine(stdout, 64));
  const message = toSafeLine(stderr) || `The docker CLI ended with ${signal ?? `exit code ${exitCode}`}`;
  if (NOT_RUN_EXIT_CODES.has(exitCode)) return new StatsSourceError(NOT_FOUND, message);
  const ssh = findSshFailure(stderr);
  if (ssh !== undefined) return new StatsSourceError(ssh.failure, toSafeLine(ssh.text));
  const known = UNREACHABLE.find(({ pattern }) => pattern.test(stderr));
  return new StatsSourceError(known ? { code: 'docker_unreachable', ...known } : FAILED, message);
}
