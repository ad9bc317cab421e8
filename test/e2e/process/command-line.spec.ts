import { execFile, type ExecFileException, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseApiKeyLines } from '../../../src/config/api-keys/api-keys.js';
import { HELP } from '../../../src/cli/options.js';
import { MAIN, FOLDER_WITHOUT_ENV_FILE, startService } from '../../support/service/service-process.js';

interface Result {
  readonly exitCode: ExecFileException['code'];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program with these arguments and waits for its exit. */
async function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [MAIN, ...args],
      { cwd: FOLDER_WITHOUT_ENV_FILE, env: {}, timeout: 10_000 },
      (error, stdout, stderr) => resolve({ exitCode: error === null ? 0 : error.code, stdout, stderr }),
    ),
  );
}

describe('docker-stats-api', () => {
  it.each(['--help', '-h'])('prints the help on stdout with %s', async (option) => {
    expect(await run(option)).toEqual({
      exitCode: 0,
      stdout: `${HELP}\n`.replace('/src/', '/dist/'),
      stderr: '',
    });
  });

  it.each(['--version', '-v'])('prints only the version with %s', async (option) => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run(option)).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints a new key with --print-key, and its line for API_KEYS_FILE with --name', async () => {
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

  it('exits with 1 if the new key could not be written', () => {
    const full = openSync('/dev/full', 'w');
    const { status } = spawnSync(process.execPath, [MAIN, '--print-key'], {
      stdio: ['ignore', full, 'inherit'],
    });
    closeSync(full);
    expect(status).toBe(1);
  });

  it('rejects an unknown option on stderr and exits with 2', async () => {
    expect(await run('--prot', '80')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: "Unknown option '--prot'\nTry: docker-stats-api --help\n",
    });
  });

  it('rejects an invalid port with the rule and exits with 1', async () => {
    expect(await run('--port', '65536')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Invalid settings:\n  - PORT must be a whole number from 0 to 65535\n',
    });
  });

  it('overrides environment variables with --port, --host and --demo', async () => {
    const env = { PORT: '1', HOST: '192.0.2.1', DEMO: 'false', DOCKER_BIN: '/no/such/docker' };
    const service = startService(env, process.execPath, [MAIN, '--port', '0', '--host', '::1', '--demo']);
    expect(await service.waitForUrl()).toMatch(/^http:\/\/\[::1\]:(?!1$)\d+$/);
    await service.waitForOutput(/Docker 28\.2\.2-simulated is reachable; running containers: 6\n/);
  });
});
