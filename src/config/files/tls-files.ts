import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { readFileSetting } from './read-file-setting.js';

/** The settings with the paths of the TLS files. */
export interface TlsFileSettings {
  readonly TLS_CERT_FILE?: string;
  readonly TLS_KEY_FILE?: string;
  readonly TLS_CLIENT_CA_FILE?: string;
}

/**
 * Reads and checks the TLS files. Returns `undefined` if TLS is not configured.
 *
 * @throws {Error} whose message names the invalid setting and never contains text of its file
 */
export function readTlsFiles(settings: TlsFileSettings): SecureContextOptions | undefined {
  const cert = readFileSetting(settings, 'TLS_CERT_FILE');
  const key = readFileSetting(settings, 'TLS_KEY_FILE');
  if (cert === undefined || key === undefined) return undefined;
  const ca = readFileSetting(settings, 'TLS_CLIENT_CA_FILE');
  check('TLS_CERT_FILE must contain a PEM certificate', () => new X509Certificate(cert));
  check('TLS_KEY_FILE must contain a PEM private key without a passphrase', () =>
    createSecureContext({ key }),
  );
  check('TLS_CERT_FILE and TLS_KEY_FILE cannot be used together', () => createSecureContext({ cert, key }));
  if (ca !== undefined)
    check('TLS_CLIENT_CA_FILE must contain a PEM certificate', () => new X509Certificate(ca));
  // Session tickets would let clients resume a session without a new check of their certificate.
  const clients = ca === undefined ? {} : { ca, secureOptions: constants.SSL_OP_NO_TICKET };
  return { cert, key, minVersion: 'TLSv1.2', ...clients };
}

function check(rule: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${rule} (${code ?? message})`, { cause: error });
  }
}
