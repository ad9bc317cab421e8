import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { ApiKeyStore } from './auth/api-key-store.js';
import { InvalidSettingsError } from './config/invalid-settings.error.js';
import { readSettings } from './config/read-settings.js';
import type { Settings } from './config/settings.js';
import { DockerHealthIndicator } from './health/docker-health.indicator.js';
import { createLogger } from './http/logger.js';
import { ServerAdapter } from './http/server-adapter.js';
import { stopOnSignals } from './http/stop-on-signals.js';

async function start(): Promise<void> {
  // A log whose reader has gone (`| head`) must not end the service.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  // Before Nest reads them too: so their faults are one list and no stack, and the logger has its level.
  const settings = readSettings(process.env);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ServerAdapter(settings), {
    abortOnError: false,
    bodyParser: false, // no route takes a body
    logger: createLogger(settings.LOG_LEVEL),
  });
  stopOnSignals(app, settings.SHUTDOWN_TIMEOUT_MS);
  await app.listen(settings.PORT, settings.HOST);

  const logger = new Logger('Main');
  const url = localUrl(settings, app.getHttpServer().address() as AddressInfo);
  logger.log(`Listening on ${url} (${settings.HOST}), ${settings.NODE_ENV}`);
  if (settings.DEMO) logger.warn('DEMO: every container and every figure is simulated; Docker is not asked');
  const key = app.get(ApiKeyStore).takeGeneratedKey();
  if (key !== undefined) {
    // Past the logger, which must never see a key: this one is for the person at the terminal.
    console.log(`No API_KEYS is set. For this run, try:\n\n  ${url}/stats?api_key=${key}\n`);
  }
  await app.get(DockerHealthIndicator).check(); // logs what it finds: without Docker, what to do about it
}

/** The address as somebody on this machine can open it. */
function localUrl({ TLS_CERT_FILE }: Settings, { address, family, port }: AddressInfo): string {
  const scheme = TLS_CERT_FILE === undefined ? 'http' : 'https';
  if (address === '0.0.0.0' || address === '::') return `${scheme}://127.0.0.1:${port}`;
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function explain(error: unknown): string {
  if (error instanceof InvalidSettingsError) return error.message;
  const { code, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'The port is in use by another program: set PORT to a free one.';
  if (code === 'EACCES') return 'Not allowed to listen on this port: set PORT to one above 1023.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'HOST is no address of this machine.';
  return stack ?? String(error);
}

start().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
