import { parseArgs } from 'node:util';
import { isApiKeyName } from '../config/api-keys/api-keys.js';
import { DEFAULTS_FILE } from '../config/files/defaults-file.js';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'print-key'; readonly name?: string | undefined }
  /** `settings` are those that options set, by the names of their environment variables. */
  | { readonly kind: 'start'; readonly settings: Readonly<Record<string, string>> };

/** The command line is none that this program knows. */
export class InvalidOptionsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}\nTry: docker-stats-api --help`, options);
    this.name = 'InvalidOptionsError';
  }
}

/** What `--help` prints. */
export const HELP = `Usage: docker-stats-api [options]

Serves CPU % and memory (MB) of every running Docker container as JSON, behind an API key.

  -p, --port N      listen on port N; 0 takes a free one
      --host ADDR   listen on this address alone
      --demo        serve simulated containers, without Docker
      --print-key   print a new API key, and exit
      --name NAME   with --print-key: print its line for API_KEYS_FILE as well
  -h, --help        print this, and exit
  -v, --version     print the version, and exit

The settings are environment variables, and those of a .env file in the working directory; --port, --host and --demo
go before PORT, HOST and DEMO. The most important:

  PORT, HOST                    where to listen: port 5005 of all addresses, if nothing is set
  API_KEYS, API_KEYS_FILE       the keys of your clients; without any, a key is made for each run
  NODE_ENV=production           insists on keys, and on long ones
  DOCKER_BIN, DOCKER_HOST       the docker CLI, and the daemon that it asks
  TLS_CERT_FILE, TLS_KEY_FILE   speak TLS
  LOG_LEVEL                     how much to log

All of them, with their meanings and defaults: ${DEFAULTS_FILE}`;

/**
 * Reads the arguments of the command line.
 *
 * @throws {InvalidOptionsError} when they are not what `--help` lists
 */
export function readOptions(args: readonly string[]): Invocation {
  const { port, host, demo, 'print-key': printKey, name, help, version } = parse(args);
  if (help) return { kind: 'help' };
  if (version) return { kind: 'version' };
  if (printKey) {
    if (port !== undefined || host !== undefined || demo)
      throw new InvalidOptionsError('--print-key starts nothing');
    if (name !== undefined && !isApiKeyName(name)) {
      throw new InvalidOptionsError('--name must be 1 to 64 letters, digits, ".", "_" or "-"');
    }
    return { kind: 'print-key', name };
  }
  if (name !== undefined) throw new InvalidOptionsError('--name goes with --print-key');
  // Among the settings, an empty one is not set.
  if (port === '') throw new InvalidOptionsError('--port needs a number');
  if (host === '') throw new InvalidOptionsError('--host needs an address');
  return {
    kind: 'start',
    settings: {
      ...(port !== undefined && { PORT: port }),
      ...(host !== undefined && { HOST: host }),
      ...(demo && { DEMO: 'true' }),
    },
  };
}

const OPTIONS = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  demo: { type: 'boolean' },
  'print-key': { type: 'boolean' },
  name: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function parse(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    // Node goes on to tell how to write what this program does not take.
    const [message = ''] = (error as Error).message.split('. To specify a positional', 1);
    throw new InvalidOptionsError(message, { cause: error });
  }
}
