import type { Certificate } from '../files/certificates.js';
import type { TemporaryFolder } from '../files/temporary-folder.js';
import { findFreePort } from '../http/free-port.js';
import type { TlsListener } from './docker-engine.js';

/** Writes the files of an engine with this certificate. Its clients need a certificate of this authority. */
export async function createTlsListener(
  folder: TemporaryFolder,
  ca: string,
  { cert, key }: Certificate,
): Promise<TlsListener> {
  return {
    port: await findFreePort(),
    ca: folder.write('engine-ca', ca),
    cert: folder.write('engine-cert', cert),
    key: folder.write('engine-key', key),
  };
}

/** Writes the files of a client of this authority. Returns the variables with which docker uses them. */
export function createTlsEnv(
  folder: TemporaryFolder,
  ca: string,
  client?: Certificate,
): Record<string, string> {
  folder.write('ca.pem', ca);
  if (client !== undefined) {
    folder.write('cert.pem', client.cert);
    folder.write('key.pem', client.key);
  }
  return { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder.path };
}
