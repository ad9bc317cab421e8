import { describe, expect, it } from 'vitest';
import { createDockerError } from './docker-failures.js';

/** What docker prints around the output of its ssh, as recorded. */
const PRINTED_BY = {
  '20.10': (exitCode: number, output: string) =>
    `error during connect: Get "http://docker.example.com/v1.24/version": command [ssh -- web1 docker system dial-stdio] has exited with exit status ${exitCode}, please make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${output}\n\n`,
  '28.2': (exitCode: number, output: string) =>
    `error during connect: Get "http://docker.example.com/v1.50/containers/json": command [ssh -o ConnectTimeout=30 -T -- web1 docker system dial-stdio] has exited with exit status ${exitCode}, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${output}\n\n`,
};

const CHANGED_KEY = [
  '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@',
  '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
  '@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@',
  'IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!',
  'Someone could be eavesdropping on you right now (man-in-the-middle attack)!',
  'It is also possible that a host key has just been changed.',
  'The fingerprint for the ED25519 key sent by the remote host is\nSHA256:fQOmUnmGX8x0dbdUPkHhh0LU0VYhxVDZBxFt7cVbW2o.',
  'Please contact your system administrator.',
  'Add correct host key in /home/app/.ssh/known_hosts to get rid of this message.',
  'Offending ED25519 key in /home/app/.ssh/known_hosts:1',
  '  remove with:',
  '  ssh-keygen -f "/home/app/.ssh/known_hosts" -R "web1"',
  'Host key for web1 has changed and you have requested strict checking.',
  'Host key verification failed.',
].join('\r\n');

function fail(stderr: string): Error {
  return createDockerError({
    exitCode: 1,
    signal: null,
    stdout: '',
    stderr,
    durationMs: 100,
    timedOut: false,
  });
}

describe.each(['20.10', '28.2'] as const)(
  'createDockerError with the output of ssh in docker %s',
  (version) => {
    it.each([
      [255, 'ops@web1: Permission denied (publickey).', 'The Docker host refused the ssh login'],
      [255, 'Host key verification failed.', 'The ssh key of the Docker host is unknown or has changed'],
      [127, 'bash: line 1: docker: command not found', 'The docker CLI is not installed on the Docker host'],
      [127, 'sh: 1: docker: not found', 'The docker CLI is not installed on the Docker host'],
      [
        255,
        'ssh: Could not resolve hostname web1: Name or service not known',
        'The ssh connection to the Docker host failed',
      ],
      [
        255,
        'ssh: connect to host web1 port 22: Connection timed out',
        'The ssh connection to the Docker host failed',
      ],
    ])('returns docker_unreachable with the text of ssh: exit code %i, %s', (exitCode, output, reason) => {
      const message = `ssh: ${output}`;
      expect(fail(PRINTED_BY[version](exitCode, output))).toMatchObject({
        code: 'docker_unreachable',
        reason,
        message,
      });
    });

    it('returns the lines that name the host and the file when a host key has changed, without the large warning', () => {
      const { message } = fail(PRINTED_BY[version](255, CHANGED_KEY));
      expect(message).toMatch(/^ssh: Add correct host key in .* Host key verification failed\.$/);
    });

    it('returns the text of ssh without control characters', () => {
      expect(fail(PRINTED_BY[version](255, '\u001b[31mred\u0007\r\nclosed')).message).toBe(
        'ssh:  [31mred  closed',
      );
    });
  },
);

describe('createDockerError with a daemon behind ssh', () => {
  it('says that the docker CLI on the host cannot use its daemon, instead of the address that docker invents', () => {
    const printed =
      'Cannot connect to the Docker daemon at http://docker.example.com. Is the docker daemon running?\n';
    const reason = 'The docker CLI on the Docker host cannot use its daemon';
    expect(fail(printed)).toMatchObject({ code: 'docker_unreachable', reason, message: reason });
  });
});
