import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { processesWith } from '../support/processes.js';
import { MAIN, startService } from '../support/service-process.js';
import { StandIn } from '../support/stand-in.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { KEY } from '../support/test-app.js';

/** The command to copy: the key and the URL in it. */
const CURL_LINE = /^ {2}curl -H 'X-API-Key: (\S+)' (http:\S+)\n/m;

describe('a start', () => {
  it('with bad settings tells all of them and exits with 1', async () => {
    const service = startService({ PORT: 's3cret', LOG_LEVEL: 's3cret', API_KEYS: 's3cret!' });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toBe(
      'Invalid settings:\n' +
        '  - PORT must be a whole number from 0 to 65535\n' +
        '  - LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace\n' +
        '  - API_KEYS: entry 1 must have a key of letters, digits and "-._~+/", with "=" at its end only\n',
    );
  });

  it('in production without a key exits with 1', async () => {
    const service = startService({ NODE_ENV: 'production' });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toBe(
      'Invalid settings:\n  - API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production\n',
    );
  });

  it('on a port in use exits with 1 and says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const service = startService({ PORT: String((other.address() as AddressInfo).port) });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toContain(
      'The port is in use by another program: set PORT or --port to a free one.\n',
    );
    other.close();
  });

  it('on an address of another machine exits with 1 and says so', async () => {
    const service = startService({ HOST: '192.0.2.1' });
    expect(await service.exitCode).toBe(1);
    expect(service.output).toContain('HOST is no address of this machine: set HOST or --host to one.\n');
  });

  it('says where it listens, what Docker is there, and how to ask, with a key for this run', async () => {
    const service = startService(new StandIn({ containers: 2, durationMs: 10 }).env);
    const [, key = '', url = ''] = await service.says(CURL_LINE);
    expect(url).toBe(`${await service.url()}/stats`);
    await service.says(/Docker 28\.2\.2-simulated is reachable; running containers: 2\b/);
    expect(await (await fetch(url, { headers: { 'X-API-Key': key } })).json()).toHaveLength(2);
    expect(service.output.split(key)).toHaveLength(2);
  });

  it('prints that key on stderr, so that stdout is all log', async () => {
    const service = startService(new StandIn().env, '/bin/sh', [
      '-c',
      'exec "$0" "$@" >/dev/null',
      process.execPath,
      MAIN,
    ]);
    await service.says(CURL_LINE);
    expect(service.output).toMatch(
      /^No API key is set\. With the one made for this run, try:\n\n {2}curl .*\n\nAll routes: http:.*\/docs\n\n$/,
    );
  });

  it('with a key prints none', async () => {
    const service = startService({ ...new StandIn().env, API_KEYS: KEY });
    await service.says(/is reachable/);
    expect((await fetch(`${await service.url()}/health/live`)).status).toBe(200); // and all is said that was to be said
    expect(service.output).not.toContain('curl');
    expect(service.output).not.toContain('\u001b'); // no colours but on a terminal
    expect(service.output).not.toContain(KEY);
  });

  it('warns once of a variable that is nearly a setting, and not of its value', async () => {
    const service = startService({ ...new StandIn().env, API_KEY: KEY, LOGLEVEL: 'debug' });
    await service.says(CURL_LINE);
    expect(service.log.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
      'API_KEY is not a setting: did you mean API_KEYS?',
      'LOGLEVEL is not a setting: did you mean LOG_LEVEL?',
    ]);
    expect(service.output).not.toContain(KEY);
  });

  it('in a demo serves simulated containers and says so', async () => {
    const service = startService({ DEMO: 'true', API_KEYS: KEY });
    const url = await service.url();
    await service.says(/DEMO: every container and every figure is simulated/);
    await service.says(/Docker 28\.2\.2-simulated is reachable/);
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

  it('without Docker serves all the same, and says what to do', async () => {
    const service = startService({ DOCKER_BIN: '/no/such/docker', API_KEYS: KEY });
    const url = await service.url();
    await service.says(
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

  it('with Docker down recovers by itself when Docker comes up', async () => {
    const docker = new StandIn({ fault: 'daemon_down' });
    const service = startService({ ...docker.env, API_KEYS: KEY, HEALTH_CACHE_MS: '0' });
    const url = await service.url();
    await service.says(/docker_unreachable: Cannot connect .*running\? To fix: start Docker/);
    expect((await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(500);

    docker.behave({ durationMs: 10 });
    await expect.poll(async () => (await fetch(`${url}/stats?api_key=${KEY}`)).status).toBe(200);
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(200);
    await service.says(/Docker 28\.2\.2-simulated is reachable/);
  });
});

describe('a docker that misbehaves', () => {
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
    ['container_hung', 200, { skipped: [{ container: '000100010001', reason: 'timed_out' }] }],
  ])('(%s) is answered %i, and leaves no process behind', async (fault, status, body) => {
    const docker = new StandIn({ fault, durationMs: 100 });
    const bounds = {
      DOCKER_TIMEOUT_MS: '2000',
      HEALTH_TIMEOUT_MS: '2000',
      DOCKER_KILL_GRACE_MS: '300',
      DOCKER_MAX_OUTPUT_BYTES: '1000000',
      STATS_IDLE_AFTER_MS: '0', // one run and no more
    };
    const service = startService({ ...docker.env, ...bounds, API_KEYS: KEY });
    const answer = await fetch(`${await service.url()}/stats?view=full&api_key=${KEY}`);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject(body);
    await expect.poll(() => processesWith(docker.program), { timeout: 3000 }).toEqual([]);
  });
});

describe('a .env file in the working directory', () => {
  it('has the settings that the environment does not have', async () => {
    const folder = new TemporaryFolder();
    folder.write('.env', `API_KEYS=${KEY}\nDEMO=true\nPORT=1\nLOGLEVEL=debug\n`);
    const service = startService({}, '/bin/sh', ['-c', `cd ${folder.path}; exec node ${MAIN}`]);
    const url = await service.url();
    expect(url).not.toMatch(/:1$/); // the environment says another
    await service.says(/Settings that the environment does not have come from \/.*\/\.env\n/);
    await service.says(/LOGLEVEL is not a setting: did you mean LOG_LEVEL\?\n/);
    const stats = (await (await fetch(`${url}/stats?api_key=${KEY}`)).json()) as object[];
    expect(stats).toHaveLength(6);
  });

  it('that cannot be read ends the start, with its path', async () => {
    const folder = new TemporaryFolder();
    symlinkSync('.env', `${folder.path}/.env`);
    const service = startService({}, '/bin/sh', ['-c', `cd ${folder.path}; exec node ${MAIN}`]);
    expect(await service.exitCode).toBe(1);
    expect(service.output).toBe(`Invalid settings:\n  - ${folder.path}/.env cannot be read: ELOOP\n`);
  });
});
