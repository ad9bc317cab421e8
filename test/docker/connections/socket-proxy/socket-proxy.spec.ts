import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { FullStats } from 'docker-stats-client';
import { SpawnCommandRunner } from '../../../../src/command/spawn-command-runner.js';
import { DOCKER_CLIS, NO_SOCKET_PROXY } from '../../../support/vitest/docker-availability.js';
import { DockerEngine } from '../../../support/engines/docker-engine.js';
import { expectKnownLoad, startBusy, startHolder } from '../../../support/engines/known-load.js';
import { readDocumentedCalls } from './documented-calls.js';
import { RecordingSocket } from './recording-socket.js';
import { ALLOWED_CALL, AMBIGUOUS_REQUESTS, DISGUISED_PATHS, OTHER_CALLS } from './refused-requests.js';
import { SocketProxy } from '../../../support/engines/socket-proxy.js';
import { bootApp, type TestApp } from '../../../support/service/test-app.js';
import { sendRaw } from '../../../support/engines/unix-http.js';

const UNREACHABLE = { code: 'docker_unreachable' };

/** 403, or the status that HAProxy returns for malformed requests. */
const REFUSED = expect.toSatisfy((status) => [400, 403, 413].includes(status as number)) as number;

/** Formats a request after which the proxy closes the connection. */
function formatRequest(call: string): string {
  return `${call} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n`;
}

function parseStatuses(responses: string): number[] {
  return [...responses.matchAll(/^HTTP\/1\.[01] (\d+)/gm)].map(([, status]) => Number(status));
}

describe.skipIf(NO_SOCKET_PROXY)('Socket proxy', () => {
  let engine: DockerEngine;
  let recording: RecordingSocket;
  let proxy: SocketProxy;

  beforeAll(async () => {
    engine = new DockerEngine();
    await engine.start();
    recording = new RecordingSocket(engine.host);
    await recording.start();
    proxy = new SocketProxy(recording.host);
    await Promise.all([
      proxy.start(),
      startBusy(engine),
      startHolder(engine),
      engine.runContainer('stopped', 'true'),
    ]);
  });
  afterAll(async () => {
    await proxy.destroy();
    recording.destroy();
    await engine.destroy();
  });
  beforeEach(() => (recording.recorded = ''));

  describe.each(DOCKER_CLIS)('with %s', (cli) => {
    let test: TestApp<SpawnCommandRunner>;

    /** Boots the service with a proxy. */
    function boot({ host }: SocketProxy, timeoutMs = '6000'): Promise<TestApp<SpawnCommandRunner>> {
      const env = {
        DOCKER_BIN: cli,
        DOCKER_HOST: host,
        DOCKER_TIMEOUT_MS: timeoutMs,
        HEALTH_CACHE_MS: '0',
      };
      return bootApp(env, { runner: new SpawnCommandRunner() });
    }

    beforeEach(async () => {
      test = await boot(proxy);
    });
    afterEach(() => test.app.close());

    it('forwards the calls that docs/socket-proxy.md marks as allowed, and no others', async () => {
      expect(await test.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
      const { status, body } = await test.get('/stats?view=full');
      expect(status).toBe(200);
      expect(body).toMatchObject({ containers: [{ name: 'busy' }, { name: 'holder' }], skipped: [] });
      expectKnownLoad((body as FullStats).containers);
      const allowed = readDocumentedCalls().filter(({ isAllowed }) => isAllowed);
      expect(recording.calls).toEqual(allowed.map(({ call }) => call).toSorted());
    });

    it('makes the service return docker_unreachable when the engine does not exist', async () => {
      const own = new SocketProxy('unix:///run/nowhere.sock');
      onTestFinished(() => own.destroy());
      await own.start();
      const { app, get } = await boot(own);
      onTestFinished(() => app.close());
      expect(await get('/health/ready')).toMatchObject({ body: { error: { docker: UNREACHABLE } } });
      expect(await get('/stats')).toMatchObject({ status: 500, body: UNREACHABLE });
    });

    it('makes the service return docker_unreachable while the engine is stopped, and reconnects when it starts', async () => {
      await engine.stop();
      expect(await test.get('/health/ready')).toMatchObject({ body: { error: { docker: UNREACHABLE } } });
      expect(await test.get('/stats')).toMatchObject({ status: 500, body: UNREACHABLE });
      await engine.start();
      await engine.docker('start', 'busy', 'holder');
      await expect.poll(async () => (await test.get('/stats')).status, { timeout: 10_000 }).toBe(200);
    });

    it('closes its connections to a frozen engine when the service has timed out', async () => {
      engine.signal('SIGSTOP');
      onTestFinished(() => engine.signal('SIGCONT'));
      const { app, get } = await boot(proxy, '1500');
      onTestFinished(() => app.close());
      expect(await get('/stats')).toMatchObject({ status: 500, body: { code: 'docker_timeout' } });
      await expect.poll(() => recording.connections).toBe(0);
    });
  });

  it('forwards allowed calls on a connection and refuses another one on it', async () => {
    const allowed = `${ALLOWED_CALL} HTTP/1.1\r\nHost: docker\r\n\r\n`;
    const responses = await sendRaw(proxy.host, allowed + allowed + formatRequest('GET /v1.41/images/json'));
    expect(parseStatuses(responses)).toEqual([200, 200, 403]);
    expect(recording.calls).toEqual(['GET /v1.N/version']);
  });

  it.each(OTHER_CALLS)('refuses %s', async (call) => {
    expect(parseStatuses(await sendRaw(proxy.host, formatRequest(call)))).toEqual([403]);
    expect(recording.recorded).toBe('');
  });

  it.each(DISGUISED_PATHS)('refuses GET %s', async (path) => {
    expect(parseStatuses(await sendRaw(proxy.host, formatRequest(`GET ${path}`)))).toEqual([REFUSED]);
    expect(recording.recorded).toBe('');
  });

  it.each(Object.entries(AMBIGUOUS_REQUESTS))('refuses %s', async (_what, bytes) => {
    expect(parseStatuses(await sendRaw(proxy.host, bytes))).toEqual([REFUSED]);
    expect(recording.recorded).toBe('');
  });

  it('logs refused calls, except /events', async () => {
    proxy.log = '';
    await sendRaw(proxy.host, formatRequest(ALLOWED_CALL) + formatRequest('GET /v1.41/events?since=0'));
    await sendRaw(proxy.host, formatRequest('GET /v1.41/secrets'));
    await expect.poll(() => proxy.log).toMatch(/^[^\n]* 403 [^\n]* "GET \/v1\.41\/secrets HTTP\/1\.1"\n$/);
  });
});
