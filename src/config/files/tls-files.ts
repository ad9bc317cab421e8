import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { namedFile } from './named-file.js';
import { readSmallFile } from './read-small-file.js';

/** The settings that name the files of TLS. */
export interface TlsFileSettings {
  readonly TLS_CERT_FILE?: string;
  readonly TLS_KEY_FILE?: string;
  readonly TLS_CLIENT_CA_FILE?: string;
}

/**
 * What is in the files of TLS as they are now; `undefined` without TLS.
 *
 * @throws {Error} that names the setting at fault, and nothing of what is in its file
 */
export function readTlsFiles(settings: TlsFileSettings): SecureContextOptions | undefined {
  const cert = read(settings, 'TLS_CERT_FILE');
  const key = read(settings, 'TLS_KEY_FILE');
  if (cert === undefined || key === undefined) return undefined;
  const ca = read(settings, 'TLS_CLIENT_CA_FILE');
  check('TLS_CERT_FILE', () => new X509Certificate(cert));
  check('TLS_KEY_FILE', () => createSecureContext({ key }));
  check('TLS_CERT_FILE and TLS_KEY_FILE', () => createSecureContext({ cert, key }));
  if (ca !== undefined) check('TLS_CLIENT_CA_FILE', () => new X509Certificate(ca));
  // A resumed session would go on with a client certificate that nobody checks again.
  const clients = ca === undefined ? {} : { ca, secureOptions: constants.SSL_OP_NO_TICKET };
  return { cert, key, minVersion: 'TLSv1.2', ...clients };
}

function read(settings: TlsFileSettings, name: keyof TlsFileSettings): string | undefined {
  const path = settings[name];
  if (path === undefined) return undefined;
  try {
    return readSmallFile(path);
  } catch (error) {
    throw new Error(`${namedFile(name, path)} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function check(names: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${names} cannot be used: ${code ?? message}`, { cause: error });
  }
}
