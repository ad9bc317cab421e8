#!/usr/bin/env node
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { ApiKeyStore } from './auth/api-key-store.js';
import { InvalidSettingsError } from './config/invalid-settings.error.js';
import { apiKeyLine, newApiKey } from './config/new-api-key.js';
import { readSettings } from './config/read-settings.js';
import { DockerHealthIndicator } from './health/docker-health.indicator.js';
import { ServiceLogger } from './http/logger.js';
import { ServerAdapter } from './http/server-adapter.js';
import { stopOnSignals } from './http/stop-on-signals.js';
import { invitation, localUrl } from './invitation.js';
import { HELP, InvalidOptionsError, readOptions } from './options.js';
import { VERSION } from './version.js';

async function main(): Promise<void> {
  // A log whose reader has gone (`| head`) must not end the service.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const invocation = readOptions(process.argv.slice(2));
  switch (invocation.kind) {
    case 'help':
      return console.log(HELP);
    case 'version':
      return console.log(VERSION);
    case 'print-key':
      return printKey(invocation.name);
    case 'start':
      Object.assign(process.env, invocation.settings); // Nest reads them there
      return start();
  }
}

function printKey(name?: string): void {
  const key = newApiKey();
  console.log(key);
  if (name !== undefined) console.log(apiKeyLine(name, key));
}

async function start(): Promise<void> {
  // Before Nest reads them too: so their faults are one list and no stack.
  const settings = readSettings(process.env);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, new ServerAdapter(settings), {
    abortOnError: false,
    bodyParser: false, // no route takes a body
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.useLogger(app.get(ServiceLogger));
  app.flushLogs();
  stopOnSignals(app, settings.SHUTDOWN_TIMEOUT_MS);
  await app.listen(settings.PORT, settings.HOST);

  const logger = new Logger('Main');
  const url = localUrl(settings, app.getHttpServer().address() as AddressInfo);
  logger.log(`Listening on ${url} (${settings.HOST}), ${settings.NODE_ENV}`);
  if (settings.DEMO) logger.warn('DEMO: every container and every figure is simulated; Docker is not asked');
  await app.get(DockerHealthIndicator).check(); // logs what it finds: without Docker, what to do about it

  // Past the logger, which must never see a key, and past stdout, where its lines go: this is for a person alone.
  const key = app.get(ApiKeyStore).takeGeneratedKey();
  if (key !== undefined || process.stderr.isTTY) console.error(invitation(settings, url, key));
}

function explain(error: unknown): string {
  if (error instanceof InvalidSettingsError || error instanceof InvalidOptionsError) return error.message;
  const { code, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'The port is in use by another program: set PORT or --port to a free one.';
  if (code === 'EACCES') return 'Not allowed to listen on this port: set PORT or --port to one above 1023.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return 'HOST is no address of this machine.';
  return stack ?? String(error);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(error instanceof InvalidOptionsError ? 2 : 1);
});
