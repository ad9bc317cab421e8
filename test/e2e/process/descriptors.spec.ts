import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAIN, type ServiceProcess, startService } from '../../support/service/service-process.js';
import { FakeDockerCli } from '../../support/docker/fake-docker-cli.js';
import { KEY } from '../../support/service/test-app.js';

/** Starts the service as a process with this limit of open files. */
function startWithLimit(descriptors: number, settings: Record<string, string> = {}): ServiceProcess {
  const env = { ...new FakeDockerCli({ containers: 2, durationMs: 10 }).env, API_KEYS: KEY, ...settings };
  return startService(env, '/bin/sh', [
    '-c',
    `ulimit -n ${descriptors}; exec "$0" "$@"`,
    process.execPath,
    MAIN,
  ]);
}

async function open(url: string, localAddress: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('the service with a limit of 256 open files', () => {
  it.each([
    ['one address', ['127.0.0.2'], 96],
    ['several addresses', ['127.0.0.2', '127.0.0.3', '127.0.0.4'], 191],
  ])('can run docker while clients from %s use all connections', async (_who, addresses, expected) => {
    const service = startWithLimit(256);
    const url = await service.waitForUrl();
    const mine = await open(url, '127.0.0.1');
    const others = await Promise.all(
      addresses.flatMap((address) => Array.from({ length: 260 }, () => open(url, address))),
    );
    others.forEach((socket) => socket.write('GET /'));
    await expect.poll(() => others.filter(({ closed }) => !closed).length).toBe(expected);

    mine.write(`GET /stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${KEY}\r\nConnection: close\r\n\r\n`);
    expect(await text(mine)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('warns at startup that it accepts fewer connections than CONNECTIONS_MAX, and how to fix it', async () => {
    const service = startWithLimit(256);
    await service.waitForOutput(/is reachable/);
    expect(service.output).toContain(
      'Connections are limited to 192 instead of CONNECTIONS_MAX=5000: this process may open only 256 files. ' +
        'To fix: allow 5064 open files (ulimit -n, LimitNOFILE= in systemd, --ulimit nofile= for docker run), or set CONNECTIONS_MAX=192',
    );
  });

  it('does not warn if CONNECTIONS_MAX is low enough', async () => {
    const service = startWithLimit(256, { CONNECTIONS_MAX: '192' });
    await service.waitForOutput(/is reachable/);
    expect(service.output).not.toContain('CONNECTIONS_MAX');
  });
});
