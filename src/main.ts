#!/usr/bin/env node
import { readEnvironment, type Variables } from './config/environment.js';
import { InvalidSettingsError } from './config/invalid-settings.error.js';
import { formatApiKeyLine, generateApiKey } from './config/api-keys/generate-api-key.js';
import { checkHealth, HealthCheckError } from './cli/check-health.js';
import { exitOnSignals } from './cli/exit-on-signals.js';
import { HELP, InvalidOptionsError, readOptions } from './cli/options.js';
import { VERSION } from './config/version.js';

// Without a listener, Node opens its inspector on SIGUSR1, and anyone who can connect to that port can run code here.
process.on('SIGUSR1', () => undefined);

async function main(): Promise<void> {
  // The service must survive a closed output (`| head`). A key that could not be printed is a failure.
  process.stdout.on('error', () => (process.exitCode = 1));
  process.stderr.on('error', () => undefined);

  const invocation = readOptions(process.argv.slice(2));
  switch (invocation.kind) {
    case 'help':
      return console.log(HELP);
    case 'version':
      return console.log(VERSION);
    case 'print-key':
      return printKey(invocation.name);
    case 'healthcheck':
      return checkHealth(readEnvironment(invocation.settings).variables);
    case 'start':
      return start(invocation.settings);
  }
}

async function start(options: Variables): Promise<void> {
  exitOnSignals();
  const environment = readEnvironment(options);
  // Nest loads slowly, so the other commands do without it. Two imports, because Node opens all files of one import at once
  // and a process may be limited to 256 open files.
  await import('@nestjs/common');
  const service = await import('./cli/start.js');
  await service.start(environment);
}

function printKey(name?: string): void {
  const key = generateApiKey();
  console.log(key);
  if (name !== undefined) console.log(formatApiKeyLine(name, key));
}

function toErrorMessage(error: unknown): string {
  const plainErrors = [InvalidSettingsError, InvalidOptionsError, HealthCheckError];
  if (plainErrors.some((type) => error instanceof type)) return (error as Error).message;
  const { code, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'The port is in use by another program. Set PORT or --port to a free port.';
  if (code === 'EACCES')
    return 'No permission to listen on this port. Set PORT or --port to a port above 1023.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'HOST is not an address of this machine. Set HOST or --host to an address that is.';
  return stack ?? String(error);
}

main().catch((error: unknown) => {
  console.error(toErrorMessage(error));
  process.exit(error instanceof InvalidOptionsError ? 2 : 1);
});
