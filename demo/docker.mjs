#!/usr/bin/env node
// A fake docker CLI with simulated containers. Prints what `docker stats`, `docker ps` and `docker version` of Docker 28
// print. `npm run demo` uses it. Tests also make it fail in the same ways as docker: they write a Behaviour to the file
// `fake-docker.json` in the folder DOCKER_CONFIG. The fake CLI reads this file at startup.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Behaviour
 * @property {number} [containers] number of running containers
 * @property {number} [durationMs] duration of a `docker stats`
 * @property {string} [fault] a fault to inject, one of FAULTS
 * @property {Output} [prints] prints this for every subcommand; the other properties are then ignored
 */

/**
 * @typedef {object} Output
 * @property {string} [stdout] bytes in base64
 * @property {string} [stderr] bytes in base64
 * @property {number} [times] how often to print them
 * @property {number} [everyMs] time between two prints
 * @property {number} [exitCode]
 * @property {NodeJS.Signals} [signal] ends with this signal instead of an exit code
 */

const KiB = 1024;
const MiB = 1024 * KiB;
const HOST_MEMORY = 15.5 * KiB * MiB;

/** Typical containers: name, CPU %, memory and memory limit in bytes, number of processes, image, result of the health check. */
const KINDS = /** @type {const} */ ([
  ['web', 12.4, 102.85 * MiB, 512 * MiB, 9, 'nginx:1.29', 'healthy'],
  ['api', 38.1, 241 * MiB, 512 * MiB, 22, 'demo/api:2.4', 'healthy'],
  ['postgres', 6.3, 388 * MiB, 2048 * MiB, 14, 'postgres:18', 'healthy'],
  ['redis', 0.9, 14.2 * MiB, 256 * MiB, 5, 'redis:8', ''],
  ['worker', 117, 655 * MiB, HOST_MEMORY, 31, 'demo/worker:2.4', 'unhealthy'],
  ['proxy', 0.2, 8.6 * MiB, HOST_MEMORY, 3, 'haproxy:3.2', ''],
]);

const NO_DAEMON =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
const NO_PERMISSION =
  'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get ' +
  '"http://%2Fvar%2Frun%2Fdocker.sock/v1.50/containers/json": dial unix /var/run/docker.sock: connect: permission denied';
const OLD_API =
  'Error response from daemon: client version 1.41 is too old. Minimum supported API version is 1.44, ' +
  'please upgrade your client to a newer version';

const SUBCOMMANDS = /** @type {const} */ (['stats', 'ps', 'version']);

/** @typedef {typeof SUBCOMMANDS[number]} Subcommand */

/** @typedef {NonNullable<ReturnType<typeof parseOptions>>} Options */

/** @type {Record<string, (subcommand: Subcommand, options: Options) => void>} */
const FAULTS = {
  daemon_down: (subcommand) => fail(NO_DAEMON, subcommand),
  permission_denied: (subcommand) => fail(NO_PERMISSION, subcommand),
  api_version_refused: (subcommand) => fail(OLD_API, subcommand),
  fails: (subcommand) => fail('Error response from daemon: something broke', subcommand),
  // The daemon does not respond. On SIGTERM, docker prints nothing, or an empty version.
  daemon_hung: (subcommand) => waitForSigterm(() => exit(subcommand === 'version' ? '\n' : '', 143)),
  container_hung: (subcommand, options) =>
    subcommand === 'stats'
      ? waitForSigterm(() => exit(createRows().with(0, createPlaceholder(0)).join(''), 0))
      : run(subcommand, options),
  daemon_lost: () => {
    const placeholders = Array.from({ length: containers }, (_, n) => createPlaceholder(n));
    setTimeout(() => exit(placeholders.join(''), 0), durationMs / 2);
  },
  ignores_sigterm: () => waitForSigterm(() => undefined),
  leaves_children: () => {
    startChild();
    waitForSigterm(() => undefined);
  },
  ends_before_its_children: (subcommand, options) => {
    startChild();
    run(subcommand, options);
  },
  garbage: () => exit('\u0000\u001b[2J<html>\n{"Name":1}\n[]\n"', 0),
  floods: () => void setInterval(() => process.stdout.write('x'.repeat(MiB)), 1),
};

/** @type {Behaviour} */
const { containers = KINDS.length, durationMs = 1500, fault, prints } = readBehaviour();

/** @returns {Behaviour} */
function readBehaviour() {
  const folder = process.env['DOCKER_CONFIG'];
  if (folder === undefined) return {};
  try {
    return /** @type {Behaviour} */ (JSON.parse(readFileSync(join(folder, 'fake-docker.json'), 'utf8')));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return {};
    throw error;
  }
}

main(process.argv.slice(2));

/** @param {string[]} argv */
function main([subcommand = '', ...args]) {
  if (subcommand === '--version') return exit('Docker version 28.2.2-simulated, build 0000000\n', 0);
  if (!isKnown(subcommand)) return exit('', 1, `docker: unknown command: docker ${subcommand}`);
  if (prints !== undefined) return void print(prints);
  const options = parseOptions(args);
  if (options === undefined) return exit('', 125, `unknown flag: ${args.find((arg) => arg.startsWith('-'))}`);
  if (fault !== undefined) {
    const inject = FAULTS[fault];
    return inject
      ? inject(subcommand, options)
      : exit('', 1, `Unknown fault of the fake docker CLI: ${fault}`);
  }
  if (subcommand === 'stats' && (!options['no-stream'] || options.format !== '{{json .}}')) {
    return exit('', 1, "The fake docker CLI supports only: docker stats --no-stream --format '{{json .}}'");
  }
  run(subcommand, options);
}

/**
 * @param {string} subcommand
 * @returns {subcommand is Subcommand}
 */
function isKnown(subcommand) {
  return SUBCOMMANDS.some((known) => known === subcommand);
}

/**
 * @param {Subcommand} subcommand
 * @param {Options} options
 */
function run(subcommand, options) {
  switch (subcommand) {
    case 'stats':
      return void setTimeout(() => exit(createRows().join(''), 0), durationMs);
    case 'ps':
      return exit(Array.from({ length: containers }, (_, n) => formatPsLine(n, options)).join(''), 0);
    case 'version':
      return exit('28.2.2-simulated,Engine\n', 0);
  }
}

/** @param {string[]} args */
function parseOptions(args) {
  try {
    return parseArgs({
      args,
      options: {
        all: { type: 'boolean' },
        'no-stream': { type: 'boolean' },
        'no-trunc': { type: 'boolean' },
        quiet: { type: 'boolean' },
        format: { type: 'string' },
      },
    }).values;
  } catch {
    return undefined;
  }
}

/**
 * The line of a container, with the fields and labels that the template names.
 *
 * @param {number} n
 * @param {Options} options
 */
function formatPsLine(n, { quiet = false, format = '' }) {
  if (quiet) return `${getId(n).slice(0, 12)}\n`;
  const [kind, , , , , image, health] = getKind(n);
  /** @type {Record<string, string>} */
  const values = {
    ID: getId(n),
    Names: getName(n),
    Image: image,
    Status: health === '' ? 'Up 2 hours' : `Up 2 hours (${health})`,
    CreatedAt: '2026-11-20 08:15:30 +0000 UTC',
    'com.docker.compose.project': 'demo',
    'com.docker.compose.service': kind,
  };
  const line = format.replaceAll(
    /\{\{json (?:\.(\w+)|\(\.Label "([^"]+)"\))\}\}/g,
    (_match, /** @type {string} */ field, /** @type {string} */ label) =>
      JSON.stringify(values[field ?? label] ?? ''),
  );
  return `${line}\n`;
}

/** One row per container, the newest first, as docker lists them. */
function createRows() {
  return Array.from({ length: containers }, (_, n) => createRow(n)).toReversed();
}

/** @param {number} n */
function createRow(n) {
  const [, cpu, memory, limit, pids] = getKind(n);
  const seconds = Date.now() / 1000;
  const wave = 1 + 0.3 * Math.sin(seconds / 7 + n); // varies with time only: simultaneous runs print the same figures
  const used = memory * (0.9 + 0.1 * wave);
  const traffic = (seconds % 1e6) * 1e3 * (n + 1);
  return formatRow({
    BlockIO: `${formatDecimalSize(traffic / 9)} / ${formatDecimalSize(traffic / 4)}`,
    CPUPerc: `${(cpu * wave).toFixed(2)}%`,
    Container: getId(n).slice(0, 12),
    ID: getId(n),
    MemPerc: `${((used / limit) * 100).toFixed(2)}%`,
    MemUsage: `${formatBinarySize(used)} / ${formatBinarySize(limit)}`,
    Name: getName(n),
    NetIO: `${formatDecimalSize(traffic)} / ${formatDecimalSize(traffic * 3)}`,
    PIDs: String(pids),
  });
}

/**
 * The row that docker prints for a container without figures.
 *
 * @param {number} n
 */
function createPlaceholder(n) {
  return formatRow({
    BlockIO: '--',
    CPUPerc: '--',
    Container: getId(n).slice(0, 12),
    ID: '',
    MemPerc: '--',
    MemUsage: '-- / --',
    Name: '--',
    NetIO: '--',
    PIDs: '--',
  });
}

/** @param {Record<string, string>} columns */
function formatRow(columns) {
  return `${JSON.stringify(columns)}\n`;
}

/** @param {number} n */
function getKind(n) {
  return KINDS[n % KINDS.length] ?? KINDS[0];
}

/** @param {number} n */
function getName(n) {
  return `demo-${getKind(n)[0]}-${Math.floor(n / KINDS.length) + 1}`;
}

/** @param {number} n */
function getId(n) {
  return (n + 1).toString(16).padStart(4, '0').repeat(16);
}

/** @param {number} bytes */
function formatBinarySize(bytes) {
  return formatSize(bytes, 1024, 4, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** @param {number} bytes */
function formatDecimalSize(bytes) {
  return formatSize(bytes, 1000, 3, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/**
 * Formats like Docker's `units.CustomSize`: with this number of significant digits, in the style of Go's `%.4g`.
 *
 * @param {number} bytes
 * @param {number} base
 * @param {number} digits
 * @param {string[]} units
 */
function formatSize(bytes, base, digits, units) {
  const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(base)), units.length - 1);
  const [mantissa = '', exponent] = (bytes / base ** power).toPrecision(digits).split('e+');
  const figure =
    exponent === undefined ? String(Number(mantissa)) : `${Number(mantissa)}e+${exponent.padStart(2, '0')}`;
  return figure + units[power];
}

/** @param {Output} output */
async function print({ stdout = '', stderr = '', times = 1, everyMs = 0, exitCode = 0, signal }) {
  const [out, error] = [Buffer.from(stdout, 'base64'), Buffer.from(stderr, 'base64')];
  const writeBoth = () => Promise.all([write(process.stdout, out), write(process.stderr, error)]);
  await writeBoth();
  // oxlint-disable-next-line no-await-in-loop -- the prints must follow each other
  for (let n = 1; n < times; n++) await delay(everyMs).then(writeBoth);
  if (signal === undefined) process.exit(exitCode);
  process.kill(process.pid, signal);
}

/**
 * @param {NodeJS.WriteStream} stream
 * @param {Buffer} bytes
 */
function write(stream, bytes) {
  return new Promise((resolve) => stream.write(bytes, resolve));
}

/** Starts a child process that keeps the pipes of this program open. */
function startChild() {
  spawn('sleep', ['300'], { argv0: process.argv[1], stdio: 'inherit' });
}

/** @param {() => void} onSigterm */
function waitForSigterm(onSigterm) {
  process.on('SIGTERM', onSigterm);
  setInterval(() => undefined, 60_000);
}

/**
 * @param {string} message
 * @param {Subcommand} subcommand
 */
function fail(message, subcommand) {
  exit(subcommand === 'version' ? '\n' : '', 1, message);
}

/**
 * @param {string} stdout
 * @param {number} exitCode
 * @param {string} [stderr]
 */
function exit(stdout, exitCode, stderr) {
  if (stderr !== undefined) process.stderr.write(`${stderr}\n`);
  process.stdout.write(stdout, () => process.exit(exitCode));
}
