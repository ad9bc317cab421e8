import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findProcesses } from '../../support/processes/processes.js';
import { MAIN, startService } from '../../support/service/service-process.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { KEY } from '../../support/service/test-app.js';

/** The `curl` command in the startup hint, with its API key and URL. */
const CURL_LINE = /^ {2}curl -H 'X-API-Key: (\S+)' (http:\S+)\n/m;

describe('startup', () => {
  it('reports all invalid settings and exits with 1', async () => {
    const service = startService({ PORT: 's3cret', LOG_LEVEL: 's3cret', API_KEYS: 's3cret!' });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toBe(
      'Invalid settings:\n' +
        '  - PORT must be a whole number from 0 to 65535\n' +
        '  - LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace\n' +
        '  - API_KEYS: entry 1 must have a key of letters, digits and "-._~+/", with "=" only at the end\n',
    );
  });

  it('exits with 1 in production without an API key', async () => {
    const service = startService({ NODE_ENV: 'production' });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toBe(
      'Invalid settings:\n  - API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production\n',
    );
  });

  it('exits with 1 if the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const service = startService({ PORT: String((other.address() as AddressInfo).port) });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toContain(
      'The port is in use by another program. Set PORT or --port to a free port.\n',
    );
    other.close();
  });

  it('exits with 1 if HOST is not an address of this machine', async () => {
    const service = startService({ HOST: '192.0.2.1' });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toContain(
      'HOST is not an address of this machine. Set HOST or --host to an address that is.\n',
    );
  });

  it('prints the URL, the version of Docker, and a curl command with a generated API key', async () => {
    const service = startService(new FakeDockerCli({ containers: 2, durationMs: 10 }).env);
    const [, key = '', url = ''] = await service.waitForOutput(CURL_LINE);
    expect(url).toBe(`${await service.waitForUrl()}/stats`);
    await service.waitForOutput(/Docker 28\.2\.2-simulated is reachable; running containers: 2\b/);
    expect(await (await fetch(url, { headers: { 'X-API-Key': key } })).json()).toHaveLength(2);
    expect(service.output).toContain(`\nIn a browser: ${new URL('/', url).href}#key=${key}\n`);
    expect(service.output.split(key)).toHaveLength(3); // in the command and in the link
  });

  it('prints the generated API key on stderr, not in the log on stdout', async () => {
    const service = startService(new FakeDockerCli().env, '/bin/sh', [
      '-c',
      'exec "$0" "$@" >/dev/null',
      process.execPath,
      MAIN,
    ]);
    await service.waitForOutput(CURL_LINE);
    expect(service.output).toMatch(
      /^No API key is configured\. This generated key is valid .*:\n\n {2}curl .*\n\nIn a browser: http:.*\/#key=.*\n\nAPI documentation: http:.*\/docs\n\n$/,
    );
  });

  it('prints no curl command and no key if a key is configured', async () => {
    const service = startService({ ...new FakeDockerCli().env, API_KEYS: KEY });
    await service.waitForOutput(/is reachable/);
    expect((await fetch(`${await service.waitForUrl()}/health/live`)).status).toBe(200); // startup is complete
    expect(service.output).not.toContain('curl');
    expect(service.output).not.toContain('\u001b'); // colours only on a terminal
    expect(service.output).not.toContain(KEY);
  });

  it('warns of misspelled settings, without their values', async () => {
    const service = startService({ ...new FakeDockerCli().env, API_KEY: KEY, LOGLEVEL: 'debug' });
    await service.waitForOutput(CURL_LINE);
    expect(service.log.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
      'API_KEY is not a setting: did you mean API_KEYS?',
      'LOGLEVEL is not a setting: did you mean LOG_LEVEL?',
    ]);
    expect(service.output).not.toContain(KEY);
  });

  it('serves simulated containers with DEMO=true, and logs that they are simulated', async () => {
    const service = startService({ DEMO: 'true', API_KEYS: KEY });
    const url = await service.waitForUrl();
    await service.waitForOutput(/DEMO is on: all containers and figures are simulated/);
    await service.waitForOutput(/Docker 28\.2\.2-simulated is reachable/);
    const stats = (await (await fetch(`${url}/stats?api_key=${KEY}`)).json()) as { name: string }[];
    expect(stats.map(({ name }) => name)).toEqual([
      'demo-api-1',
      'demo-postgres-1',
      'demo-proxy-1',
      'demo-redis-1',
      'demo-web-1',
      'demo-worker-1',
    ]);
  });

  it('succeeds without the docker CLI; the log and GET /stats explain how to fix it', async () => {
    const service = startService({ DOCKER_BIN: '/no/such/docker', API_KEYS: KEY });
    const url = await service.waitForUrl();
    await service.waitForOutput(
      /docker_not_found: .*\. To fix: install the docker CLI, or set DOCKER_BIN to its path\.\n/,
    );
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ error: { docker: { code: 'docker_not_found' } } });
    const stats = await fetch(`${url}/stats?api_key=${KEY}`);
    expect(stats.status).toBe(500);
    expect(await stats.json()).toMatchObject({
      code: 'docker_not_found',
      message: expect.stringMatching(
        /ENOENT\. To fix: install the docker CLI, or set DOCKER_BIN to its path\.$/,
      ) as string,
    });
  });

  it('succeeds while Docker is down; GET /stats works as soon as Docker is up', async () => {
    const docker = new FakeDockerCli({ fault: 'daemon_down' });
    const service = startService({ ...docker.env, API_KEYS: KEY, HEALTH_CACHE_MS: '0' });
    const url = await service.waitForUrl();
    await service.waitForOutput(/docker_unreachable: Cannot connect .*running\? To fix: start Docker/);
    expect((await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(500);

    docker.setBehaviour({ durationMs: 10 });
    await expect.poll(async () => (await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(200);
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(200);
    await service.waitForOutput(/Docker 28\.2\.2-simulated is reachable/);
  });
});

describe('GET /stats', () => {
  it.each([
    [
      'fails',
      500,
      {
        code: 'docker_failed',
        message: expect.stringMatching(
          /^Error: Error response from daemon: something broke\. To fix: /,
        ) as string,
      },
    ],
    ['permission_denied', 500, { code: 'docker_unreachable' }],
    ['api_version_refused', 500, { code: 'docker_unreachable' }],
    ['daemon_lost', 500, { code: 'docker_unreachable' }],
    ['daemon_hung', 500, { code: 'docker_timeout' }],
    ['ignores_sigterm', 500, { code: 'docker_timeout' }],
    ['leaves_children', 500, { code: 'docker_timeout' }],
    ['garbage', 500, { code: 'docker_unreachable' }],
    ['floods', 500, { code: 'docker_failed', message: expect.stringContaining('wrote more than') as string }],
    ['container_hung', 200, { skipped: [{ container: 'demo-web-1', reason: 'timed_out' }] }],
  ])('with the docker fault %s returns %i and leaves no process behind', async (fault, status, body) => {
    const docker = new FakeDockerCli({ fault, durationMs: 100 });
    const bounds = {
      DOCKER_TIMEOUT_MS: '2000',
      HEALTH_TIMEOUT_MS: '2000',
      DOCKER_KILL_GRACE_MS: '300',
      DOCKER_MAX_OUTPUT_BYTES: '1000000',
      STATS_IDLE_AFTER_MS: '0', // only one run
    };
    const service = startService({ ...docker.env, ...bounds, API_KEYS: KEY });
    const response = await fetch(`${await service.waitForUrl()}/stats?view=full&api_key=${KEY}`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(body);
    await expect.poll(() => findProcesses(docker.program), { timeout: 3000 }).toEqual([]);
  });
});

describe('a .env file in the working directory', () => {
  it('provides settings; environment variables override them', async () => {
    const folder = new TemporaryFolder();
    folder.write('.env', `API_KEYS=${KEY}\nDEMO=true\nPORT=1\nLOGLEVEL=debug\n`);
    const service = startService({}, '/bin/sh', ['-c', `cd ${folder.path}; exec node ${MAIN}`]);
    const url = await service.waitForUrl();
    expect(url).not.toMatch(/:1$/); // PORT is set in the environment
    await service.waitForOutput(/Loaded settings from \/.*\/\.env; environment variables take precedence\n/);
    await service.waitForOutput(/LOGLEVEL is not a setting: did you mean LOG_LEVEL\?\n/);
    const stats = (await (await fetch(`${url}/stats?api_key=${KEY}`)).json()) as object[];
    expect(stats).toHaveLength(6);
  });

  it('stops the startup if it cannot be read', async () => {
    const folder = new TemporaryFolder();
    symlinkSync('.env', `${folder.path}/.env`);
    const service = startService({}, '/bin/sh', ['-c', `cd ${folder.path}; exec node ${MAIN}`]);
    expect(await service.exitCode).toBe(1);
    expect(service.output).toBe(`Invalid settings:\n  - ${folder.path}/.env cannot be read: ELOOP\n`);
  });
});
