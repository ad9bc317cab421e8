#!/usr/bin/env node
import { readEnvironment, type Variables } from './config/environment.js';
import { InvalidSettingsError } from './config/invalid-settings.error.js';
import { apiKeyLine, newApiKey } from './config/api-keys/new-api-key.js';
import { HELP, InvalidOptionsError, readOptions } from './cli/options.js';
import { VERSION } from './config/version.js';

// Without a listener, Node opens its inspector on this signal: whoever reaches that port can run code here.
process.on('SIGUSR1', () => undefined);

async function main(): Promise<void> {
  // A log whose reader has gone (`| head`) must not end the service; a key that was not written is no success.
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
    case 'start':
      return start(invocation.settings);
  }
}

async function start(options: Variables): Promise<void> {
  const environment = readEnvironment(options);
  // Only now: to load Nest takes longer than all else here. In two steps: Node opens all files of an import at once, and a
  // process may be allowed 256.
  await import('@nestjs/common');
  const service = await import('./cli/start.js');
  await service.start(environment);
}

function printKey(name?: string): void {
  const key = newApiKey();
  console.log(key);
  if (name !== undefined) console.log(apiKeyLine(name, key));
}

function explain(error: unknown): string {
  if (error instanceof InvalidSettingsError || error instanceof InvalidOptionsError) return error.message;
  const { code, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'The port is in use by another program: set PORT or --port to a free one.';
  if (code === 'EACCES') return 'Not allowed to listen on this port: set PORT or --port to one above 1023.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'HOST is no address of this machine: set HOST or --host to one.';
  return stack ?? String(error);
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(error instanceof InvalidOptionsError ? 2 : 1);
});
