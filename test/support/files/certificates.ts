import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from './temporary-folder.js';

/** A certificate and its private key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority (CA), by default for one test. Needs `openssl`. */
export class CertificateAuthority {
  readonly #folder: TemporaryFolder;
  /** The CA's own certificate, in PEM. */
  readonly cert: string;
  /** Extensions that omit the key ids, so that OpenSSL cannot distinguish CAs with the same name. */
  readonly #keyIdExtensions: readonly string[];

  constructor({ hasKeyIds = true, folder = new TemporaryFolder() } = {}) {
    this.#folder = folder;
    this.#keyIdExtensions = hasKeyIds ? [] : ['subjectKeyIdentifier=none', 'authorityKeyIdentifier=none'];
    const extensions = ['basicConstraints=critical,CA:TRUE', ...this.#keyIdExtensions];
    this.#request('ca', '-x509', '-days', '2', ...extensions.flatMap((text) => ['-addext', text]));
    this.cert = this.#read('ca.pem');
  }

  /** Issues a certificate for this name and for 127.0.0.1. A negative number of days gives one that has expired. */
  issue(name: string, { days = 2 } = {}): Certificate {
    this.#request(name);
    const lines = [`subjectAltName=DNS:${name},IP:127.0.0.1`, ...this.#keyIdExtensions];
    const extensions = this.#folder.write('extensions', lines.join('\n'));
    const ca = ['-CA', this.#path('ca.pem'), '-CAkey', this.#path('ca.key'), '-CAcreateserial'];
    const out = ['-extfile', extensions, '-out', this.#path(`${name}.crt`)];
    openssl('x509', '-req', '-days', String(days), '-in', this.#path(`${name}.pem`), ...ca, ...out);
    return { cert: this.#read(`${name}.crt`), key: this.#read(`${name}.key`) };
  }

  /** Creates a key and a certificate signing request. */
  #request(name: string, ...options: string[]): void {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      this.#path(`${name}.key`),
    ];
    openssl('req', '-new', '-subj', `/CN=${name}`, ...key, '-out', this.#path(`${name}.pem`), ...options);
  }

  #read(file: string): string {
    return readFileSync(this.#path(file), 'utf8');
  }

  #path(file: string): string {
    return join(this.#folder.path, file);
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
