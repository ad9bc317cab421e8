import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../app.module.js';
import { ApiKeyStore } from '../auth/api-key-store.js';
import type { Environment } from '../config/environment.js';
import { misspelledSettings } from '../config/misspelled-settings.js';
import { readSettings } from '../config/read-settings.js';
import { DockerHealthIndicator } from '../health/docker-health.indicator.js';
import { ServiceLogger } from '../logging/logger.js';
import { ServerAdapter } from '../http/server/server-adapter.js';
import { stopOnSignals } from '../http/server/stop-on-signals.js';
import { terminalHint, localUrl } from './terminal-hint.js';

/**
 * Starts the service with the settings of an environment, and tells the person at the terminal how to ask it.
 *
 * @throws {InvalidSettingsError} when it refuses a setting
 */
export async function start({ variables, file }: Environment): Promise<void> {
  const settings = readSettings(variables);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(settings),
    new ServerAdapter(settings),
    {
      abortOnError: false,
      bodyParser: false, // no route takes a body
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  app.useLogger(app.get(ServiceLogger));
  app.flushLogs();
  stopOnSignals(app, settings.SHUTDOWN_TIMEOUT_MS);
  await app.listen(settings.PORT, settings.HOST);

  const logger = new Logger('Main');
  const url = localUrl(settings, app.getHttpServer().address() as AddressInfo);
  logger.log(`Listening on ${url} (${settings.HOST}), ${settings.NODE_ENV}`);
  if (file !== undefined) logger.log(`Settings that the environment does not have come from ${file}`);
  for (const hint of misspelledSettings(variables)) logger.warn(hint);
  if (settings.DEMO) logger.warn('DEMO: every container and every figure is simulated; Docker is not asked');
  await app.get(DockerHealthIndicator).check(); // logs what it finds: without Docker, what to do about it

  // Past the logger, which must never see a key, and past stdout, where its lines go: this is for a person alone.
  const key = app.get(ApiKeyStore).takeGeneratedKey();
  if (key !== undefined || process.stderr.isTTY) console.error(terminalHint(settings, url, key));
}
