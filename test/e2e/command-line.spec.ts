import { execFile, type ExecFileException, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseApiKeyLines } from '../../src/config/api-keys/api-keys.js';
import { HELP } from '../../src/cli/options.js';
import { MAIN, NO_ENV_FILE, startService } from '../support/service-process.js';

interface Ended {
  readonly exitCode: ExecFileException['code'];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built service with these arguments until it ends by itself. */
async function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: NO_ENV_FILE, env: {}, timeout: 10_000 },
      (error, stdout, stderr) => resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr }),
    ),
  );
}

describe('the program', () => {
  it.each(['--help', '-h'])('with %s explains itself on stdout', async (option) => {
    expect(await run(option)).toEqual({
      exitCode: 0,
      stdout: `${HELP}\n`.replace('/src/', '/dist/'),
      stderr: '',
    });
  });

  it.each(['--version', '-v'])('with %s prints the version alone', async (option) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run(option)).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('with --print-key prints a new key and, with a name, its line', async () => {
    expect(await run('--print-key')).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/^[\w-]{32}\n$/) as string,
      stderr: '',
    });
    const { stdout } = await run('--print-key', '--name', 'grafana');
    const [key = '', line = '', ...rest] = stdout.split('\n');
    expect(rest).toEqual(['']);
    expect(parseApiKeyLines(line).keys).toMatchObject([{ name: 'grafana' }]);
    expect(parseApiKeyLines(line).keys).toMatchObject(parseApiKeyLines(`grafana:${key}`).keys);
  });

  it('does not call it a success when the new key could not be written', () => {
    const full = openSync('/dev/full', 'w');
    const { status } = spawnSync(process.execPath, [MAIN, '--print-key'], {
      stdio: ['ignore', full, 'inherit'],
    });
    closeSync(full);
    expect(status).toBe(1);
  });

  it('with what it does not know says so on stderr and exits with 2', async () => {
    expect(await run('--prot', '80')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "Unknown option '--prot'\nTry: docker-stats-api --help\n",
    });
  });

  it('with a port that is none exits with 1 and the rule', async () => {
    expect(await run('--port', '65536')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Invalid settings:\n  - PORT must be a whole number from 0 to 65535\n',
    });
  });

  it('goes by its options before its environment', async () => {
    const env = { PORT: '1', HOST: '192.0.2.1', DEMO: 'false', DOCKER_BIN: '/no/such/docker' };
    const service = startService(env, process.execPath, [MAIN, '--port', '0', '--host', '::1', '--demo']);
    expect(await service.url()).toMatch(/^http:\/\/\[::1\]:(?!1$)\d+$/);
    await service.says(/Docker 28\.2\.2-simulated is reachable; running containers: 6\n/);
  });
});
