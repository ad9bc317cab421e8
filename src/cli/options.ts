import { parseArgs } from 'node:util';
import { isApiKeyName } from '../config/api-keys/api-keys.js';
import { DEFAULTS_FILE } from '../config/files/defaults-file.js';

/** The command to run, read from the command line. */
export type Invocation =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'print-key'; readonly name?: string | undefined }
  /** `settings`: values set by options, keyed by the name of the environment variable that they override. */
  | { readonly kind: 'start' | 'healthcheck'; readonly settings: Readonly<Record<string, string>> };

/** The command line is invalid. The message ends with a hint to run `--help`. */
export class InvalidOptionsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}\nTry: docker-stats-api --help`, options);
    this.name = 'InvalidOptionsError';
  }
}

/** What `--help` prints. */
export const HELP = `Usage: docker-stats-api [options]

Serves CPU % and memory (MB) of every running Docker container as JSON, behind an API key.

  -p, --port N      port to listen on; 0 picks a free port
      --host ADDR   address to listen on
      --demo        serve simulated containers, without Docker
      --print-key   print a new API key and exit
      --name NAME   with --print-key: also print the line for API_KEYS_FILE
      --healthcheck ask the service on this machine whether it is live, and exit with 0 or 1
  -h, --help        print this help and exit
  -v, --version     print the version and exit

Settings are environment variables. They can also be set in a .env file in the working directory. The options --port,
--host and --demo override PORT, HOST and DEMO. The most important settings:

  PORT, HOST                    where to listen; default: port 5005 on all addresses
  API_KEYS, API_KEYS_FILE       API keys of your clients; without any, one is generated at startup
  NODE_ENV=production           require API keys of at least 16 characters
  DOCKER_BIN, DOCKER_HOST       the docker CLI to run, and the daemon that it connects to
  TLS_CERT_FILE, TLS_KEY_FILE   certificate and private key; set both to serve HTTPS
  LOG_LEVEL                     lowest severity to log, such as warn

All settings, with meanings and defaults: ${DEFAULTS_FILE}`;

/**
 * Parses the command-line arguments.
 *
 * @throws {InvalidOptionsError} if an option is unknown, incomplete, or cannot be combined with another one
 */
export function readOptions(args: readonly string[]): Invocation {
  const { port, host, demo, 'print-key': printKey, name, healthcheck, help, version } = parse(args);
  if (help) return { kind: 'help' };
  if (version) return { kind: 'version' };
  if (healthcheck && (printKey || demo || name !== undefined)) {
    throw new InvalidOptionsError('--healthcheck cannot be combined with --print-key, --name or --demo');
  }
  if (printKey) {
    if (port !== undefined || host !== undefined || demo)
      throw new InvalidOptionsError('--print-key cannot be combined with --port, --host or --demo');
    if (name !== undefined && !isApiKeyName(name)) {
      throw new InvalidOptionsError('--name must be 1 to 64 letters, digits, ".", "_" or "-"');
    }
    return { kind: 'print-key', name };
  }
  if (name !== undefined) throw new InvalidOptionsError('--name requires --print-key');
  // An empty value would silently select the default.
  if (port === '') throw new InvalidOptionsError('--port requires a number');
  if (host === '') throw new InvalidOptionsError('--host requires an address');
  return {
    kind: healthcheck ? 'healthcheck' : 'start',
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
  healthcheck: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

function parse(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    // Node's message ends with advice on positional arguments, which this program does not accept.
    const [message = ''] = (error as Error).message.split('. To specify a positional', 1);
    throw new InvalidOptionsError(message, { cause: error });
  }
}
