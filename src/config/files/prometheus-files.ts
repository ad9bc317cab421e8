import { X509Certificate } from 'node:crypto';
import { readFileSetting } from './read-file-setting.js';

/** The settings with the paths of the files for Prometheus. */
export interface PrometheusFileSettings {
  readonly PROMETHEUS_BEARER_TOKEN_FILE?: string;
  readonly PROMETHEUS_BASIC_AUTH_FILE?: string;
  readonly PROMETHEUS_CA_FILE?: string;
}

/** What a bearer token may consist of (RFC 6750, section 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;

/** A user without a colon, and a password (RFC 7617, section 2). */
const USER_AND_PASSWORD = /^[^:\n]+:[^\n]*$/;

/**
 * Reads the value of the header `Authorization`; `undefined` if no file is set.
 *
 * @throws {Error} whose message names the invalid setting and never contains text of its file
 */
export function readAuthorization(settings: PrometheusFileSettings): string | undefined {
  const token = readFileSetting(settings, 'PROMETHEUS_BEARER_TOKEN_FILE')?.trim();
  if (token !== undefined) {
    if (!TOKEN.test(token)) throw new Error('PROMETHEUS_BEARER_TOKEN_FILE must contain one token');
    return `Bearer ${token}`;
  }
  const user = readFileSetting(settings, 'PROMETHEUS_BASIC_AUTH_FILE')?.replace(/\r?\n$/, '');
  if (user === undefined) return undefined;
  if (!USER_AND_PASSWORD.test(user)) {
    throw new Error('PROMETHEUS_BASIC_AUTH_FILE must contain one line with user:password');
  }
  return `Basic ${Buffer.from(user).toString('base64')}`;
}

/**
 * Reads the CA bundle; `undefined` if none is set.
 *
 * @throws {Error} whose message names the invalid setting
 */
export function readCa(settings: PrometheusFileSettings): string | undefined {
  const ca = readFileSetting(settings, 'PROMETHEUS_CA_FILE');
  if (ca === undefined) return undefined;
  try {
    parseCertificate(ca);
    return ca;
  } catch (error) {
    throw new Error('PROMETHEUS_CA_FILE must contain a PEM certificate', { cause: error });
  }
}

function parseCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem);
}
