import type { StatsSourceFailure } from '../../sampling/stats-source.error.js';

/** How docker reports that its `ssh` has ended, as recorded from CLIs 20.10 and 28.2. */
const SSH_ENDED = /command \[ssh .*?\] has exited with .*?stderr=(?<output>.*)/s;

/** What docker calls every daemon behind ssh. It hides the error that the docker CLI on the host printed. */
const FAR_DAEMON = /Cannot connect to the Docker daemon at http:\/\/docker\.example\.com/;

/** The reason is in the last lines that ssh prints. A banner of the host can stand before them. */
const REASON_LINES = 6;

/** The failures by what `ssh` prints. */
const FAILURES: readonly { readonly pattern: RegExp; readonly reason: string; readonly advice: string }[] = [
  {
    pattern: /Host key verification failed/,
    reason: 'The ssh key of the Docker host is unknown or has changed',
    advice: "compare it with the key on the host, and correct the file known_hosts of this service's user",
  },
  {
    pattern: /Permission denied \(/,
    reason: 'The Docker host refused the ssh login',
    advice: "give this service's user a key without a passphrase, and add it to authorized_keys on the host",
  },
  {
    pattern: /docker: (command )?not found/,
    reason: 'The docker CLI is not installed on the Docker host',
    advice: 'install it there, on the PATH that ssh sets for commands',
  },
];

const CONNECTION_FAILED = {
  reason: 'The ssh connection to the Docker host failed',
  advice: "run `ssh HOST docker version` by hand, as this service's user",
};

const FAR_DAEMON_FAILED = {
  reason: 'The docker CLI on the Docker host cannot use its daemon',
  advice: 'start Docker there, and allow the ssh user to use it; `ssh HOST docker version` shows the error',
};

/** A failure of a Docker host behind ssh, and the text that tells its reason. */
export interface SshFailure {
  readonly failure: StatsSourceFailure;
  readonly text: string;
}

/** Finds the failure of ssh, or of the daemon behind it, in the error output of docker. */
export function findSshFailure(stderr: string): SshFailure | undefined {
  if (FAR_DAEMON.test(stderr)) return toSshFailure(FAR_DAEMON_FAILED, FAR_DAEMON_FAILED.reason);
  const output = SSH_ENDED.exec(stderr)?.groups?.['output']?.trim();
  if (output === undefined) return undefined;
  const known = FAILURES.find(({ pattern }) => pattern.test(output)) ?? CONNECTION_FAILED;
  const lines = output.split(/\s*[\r\n]+\s*/).slice(-REASON_LINES);
  return toSshFailure(known, `ssh: ${lines.join(' ')}`);
}

function toSshFailure({ reason, advice }: Omit<StatsSourceFailure, 'code'>, text: string): SshFailure {
  return { failure: { code: 'docker_unreachable', reason, advice }, text };
}
