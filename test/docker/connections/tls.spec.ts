import { describe, expect, it, onTestFinished } from 'vitest';
import { SpawnCommandRunner } from '../../../src/command/spawn-command-runner.js';
import type { Variables } from '../../../src/config/environment.js';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { createTlsEnv, createTlsListener } from '../../support/engines/tls-files.js';
import { type Certificate, CertificateAuthority } from '../../support/files/certificates.js';
import { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { bootApp } from '../../support/service/test-app.js';
import { TWO_DOCKER_CLIS, NO_DOCKER_ENGINE } from '../../support/vitest/docker-availability.js';

/** Starts an engine with this certificate, and one container. Returns the address of the engine. */
async function startEngine(ca: string, certificate: Certificate): Promise<string> {
  const tls = await createTlsListener(new TemporaryFolder(), ca, certificate);
  const engine = new DockerEngine({ tls });
  onTestFinished(() => engine.destroy());
  await engine.start();
  await engine.runContainer('web-1', 'sleep 1000');
  return `tcp://127.0.0.1:${tls.port}`;
}

/** The variables with which docker uses these files. */
function createClientEnv(ca: string, client?: Certificate): Variables {
  return createTlsEnv(new TemporaryFolder(), ca, client);
}

/** With TLS 1.3, the engine refuses a certificate after the handshake. Then the CLI gets its alert, or only a closed connection. */
const REFUSED = /(?:tls: |connection reset by peer|broken pipe).*certificates/;

/** The error of the service with this message. */
function unreachable(message: RegExp): object {
  return { code: 'docker_unreachable', message: expect.stringMatching(message) as string };
}

describe.skipIf(NO_DOCKER_ENGINE).each(TWO_DOCKER_CLIS)(
  'Service with an engine on TCP with TLS, through %s',
  (cli) => {
    async function getStats(env: Variables): Promise<unknown> {
      const { app, get } = await bootApp({ DOCKER_BIN: cli, ...env }, { runner: new SpawnCommandRunner() });
      const { body } = await get('/stats');
      await app.close();
      return body;
    }

    it('returns the containers with a client certificate, and docker_unreachable with the reason without a valid one', async () => {
      const authority = new CertificateAuthority();
      const other = new CertificateAuthority();
      const { cert: ca } = authority;
      const client = authority.issue('client');
      const DOCKER_HOST = await startEngine(ca, authority.issue('engine'));
      const get = (env: Variables): Promise<unknown> => getStats({ DOCKER_HOST, ...env });

      expect(await get(createClientEnv(ca, client))).toMatchObject([{ name: 'web-1' }]);
      expect(await get(createClientEnv(other.cert, client))).toMatchObject(
        unreachable(/unknown authority.*certificates/),
      );
      for (const invalid of [undefined, authority.issue('expired', { days: -1 }), other.issue('client')])
        expect(await get(createClientEnv(ca, invalid))).toMatchObject(unreachable(REFUSED));
      expect(await get({})).toMatchObject(unreachable(/HTTP request to an HTTPS server.*DOCKER_TLS_VERIFY/));
    });

    it('returns docker_unreachable with the reason when the certificate of the engine has expired', async () => {
      const authority = new CertificateAuthority();
      const { cert: ca } = authority;
      const DOCKER_HOST = await startEngine(ca, authority.issue('engine', { days: -1 }));
      expect(
        await getStats({ DOCKER_HOST, ...createClientEnv(ca, authority.issue('client')) }),
      ).toMatchObject(unreachable(/certificate has expired.*DOCKER_CERT_PATH/));
    });
  },
);
