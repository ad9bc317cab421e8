import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../support/files/certificates.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { FOLDER_WITHOUT_ENV_FILE, MAIN, startService } from '../../support/service/service-process.js';

interface Result {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs the health check with these settings. */
function checkHealth(env: Record<string, string>, args: readonly string[] = [], main = MAIN): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--healthcheck', ...args], {
    cwd: FOLDER_WITHOUT_ENV_FILE,
    env,
    encoding: 'utf8',
  });
  return { exitCode: status, output: stdout + stderr };
}

const HEALTHY: Result = { exitCode: 0, output: '' };

/** Starts the service. Returns its process and the settings with which the health check finds it. */
async function start(env: Record<string, string> = {}): Promise<{
  service: ReturnType<typeof startService>;
  env: Record<string, string>;
}> {
  const service = startService({ DOCKER_BIN: '/no/such/docker', ...env });
  const { hostname: HOST, port: PORT } = new URL(await service.waitForUrl());
  return { service, env: { ...env, HOST, PORT } };
}

describe('docker-stats-api --healthcheck', () => {
  it('exits with 0 without output while the service runs, although Docker is down, and with 1 when it has stopped', async () => {
    const { service, env } = await start();
    expect(checkHealth(env)).toEqual(HEALTHY);
    service.kill('SIGTERM');
    await service.exitCode;
    expect(checkHealth(env)).toEqual({
      exitCode: 1,
      output: `Health check failed: GET http://127.0.0.1:${env['PORT']}/health/live: connect ECONNREFUSED 127.0.0.1:${env['PORT']}\n`,
    });
  });

  it('exits with 1 after two seconds when the service is frozen', async () => {
    const { service, env } = await start();
    service.kill('SIGSTOP');
    const before = performance.now();
    expect(checkHealth(env)).toEqual({
      exitCode: 1,
      output: `Health check failed: GET http://127.0.0.1:${env['PORT']}/health/live: no response within 2000 ms\n`,
    });
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it('asks over TLS, whatever name the certificate has, and without a client certificate', async () => {
    const authority = new CertificateAuthority();
    const folder = new TemporaryFolder();
    const { cert, key } = authority.issue('stats.example.org');
    const { service, env } = await start({
      TLS_CERT_FILE: folder.write('tls.crt', cert),
      TLS_KEY_FILE: folder.write('tls.key', key),
      TLS_CLIENT_CA_FILE: folder.write('ca.crt', authority.cert),
    });
    expect(checkHealth(env)).toEqual(HEALTHY);
    service.kill('SIGTERM');
    await service.exitCode;
    expect(checkHealth(env).output).toMatch(
      /^Health check failed: GET https:\/\/[^\n]*ECONNREFUSED[^\n]*\n$/,
    );
  });

  it('uses --port and --host, which override PORT and HOST', async () => {
    const { env } = await start();
    const { PORT = '', HOST = '' } = env;
    expect(checkHealth({ PORT: '1', HOST: '192.0.2.1' }, ['--port', PORT, '--host', HOST])).toEqual(HEALTHY);
  });

  it('exits with 1 when PORT is 0', () => {
    expect(checkHealth({ PORT: '0' })).toEqual({
      exitCode: 1,
      output:
        'Health check failed: with PORT=0 the port of the service is not known. Set PORT to a fixed port\n',
    });
  });

  it('loads no package, so it starts quickly', async () => {
    const { env } = await start();
    const folder = new TemporaryFolder();
    folder.write('package.json', readFileSync('package.json'));
    for (const name of ['dist', 'config']) cpSync(name, join(folder.path, name), { recursive: true });
    expect(checkHealth(env, [], join(folder.path, 'dist/main.js'))).toEqual(HEALTHY);
  });
});
