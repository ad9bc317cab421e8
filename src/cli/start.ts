import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../app.module.js';
import { ApiKeyStore } from '../auth/api-key-store.js';
import type { Environment } from '../config/environment.js';
import { findMisspelledSettings } from '../config/misspelled-settings.js';
import { readSettings } from '../config/read-settings.js';
import { DockerHealthIndicator } from '../health/docker-health.indicator.js';
import { ServiceLogger } from '../logging/logger.js';
import { ServerAdapter } from '../http/server/server-adapter.js';
import { stopOnSignals } from '../http/server/stop-on-signals.js';
import { stopExitingOnSignals } from './exit-on-signals.js';
import { formatStartupHint, toLocalUrl } from './startup-hint.js';

/**
 * Starts the service and, on a terminal or with a generated API key, prints a `curl` command and a link to try it.
 *
 * @throws {InvalidSettingsError} when a setting is invalid
 */
export async function start({ variables, file }: Environment): Promise<void> {
  const settings = readSettings(variables);
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(settings),
    new ServerAdapter(settings),
    {
      abortOnError: false,
      bodyParser: false, // no route accepts a body
      bufferLogs: true,
      autoFlushLogs: false,
    },
  );
  app.useLogger(app.get(ServiceLogger));
  app.flushLogs();
  stopOnSignals(app, settings.SHUTDOWN_TIMEOUT_MS);
  stopExitingOnSignals();
  await app.listen(settings.PORT, settings.HOST);

  const logger = new Logger('Main');
  const url = toLocalUrl(settings, app.getHttpServer().address() as AddressInfo);
  logger.log(`Listening on ${url} (${settings.HOST}), ${settings.NODE_ENV}`);
  if (file !== undefined) logger.log(`Loaded settings from ${file}; environment variables take precedence`);
  for (const hint of findMisspelledSettings(variables)) logger.warn(hint);
  if (settings.DEMO) logger.warn('DEMO is on: all containers and figures are simulated; Docker is not used');
  await app.get(DockerHealthIndicator).check(); // logs whether Docker is reachable and, if not, how to fix it

  // On stderr and not through the logger: keys must never be logged, and stdout contains only log lines.
  const key = app.get(ApiKeyStore).takeGeneratedKey();
  await setImmediate(); // log lines are written at the end of an event-loop turn, and the hint must come after them
  if (key !== undefined || process.stderr.isTTY) console.error(formatStartupHint(settings, url, key));
}
