import type { Variables } from '../config/environment.js';
import { readDefaults } from '../config/files/defaults-file.js';
import { toLocalHost } from './local-host.js';

const PATH = '/health/live';

/** Where the service listens. */
interface Target {
  readonly host: string;
  readonly port: string;
  readonly isTls: boolean;
}

/** The service is not healthy, or its settings do not say where it listens. */
export class HealthCheckError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`Health check failed: ${reason}`, options);
    this.name = 'HealthCheckError';
  }
}

/**
 * Asks the service on this machine, which has the same settings, whether it is live. Does not load Nest, because Docker runs this
 * every few seconds.
 *
 * @throws {HealthCheckError} unless the service responds with 200 before the deadline
 */
export async function checkHealth(variables: Variables, timeoutMs = 2000): Promise<void> {
  const target = readTarget(variables);
  const { host, port, isTls } = target;
  const url = `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${PATH}`;
  const status = await getStatus(target, timeoutMs).catch((error: unknown) => {
    const { name, code, message } = error as NodeJS.ErrnoException;
    // A host name with several addresses gives an error without a message.
    const reason = name === 'AbortError' ? `no response within ${timeoutMs} ms` : message || String(code);
    throw new HealthCheckError(`GET ${url}: ${reason}`, { cause: error });
  });
  if (status !== 200) throw new HealthCheckError(`GET ${url}: status ${status}`);
}

function readTarget(variables: Variables): Target {
  const defaults = readDefaults();
  const read = (name: string): string => variables[name] || defaults[name] || '';
  const port = read('PORT');
  if (port === '0') {
    throw new HealthCheckError('with PORT=0 the port of the service is not known. Set PORT to a fixed port');
  }
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
    throw new HealthCheckError('PORT must be a whole number from 1 to 65535');
  }
  return { host: toLocalHost(read('HOST')), port, isTls: read('TLS_CERT_FILE') !== '' };
}

async function getStatus({ host, port, isTls }: Target, timeoutMs: number): Promise<number | undefined> {
  const { get } = isTls ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const options = {
      host,
      port,
      path: PATH,
      agent: false as const,
      // The service asks itself: its certificate has its public name, not the address that is used here.
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(timeoutMs),
    };
    get(options, (response) => {
      response.on('end', () => resolve(response.statusCode));
      response.on('error', reject);
      response.resume();
    }).on('error', reject);
  });
}
