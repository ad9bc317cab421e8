#!/usr/bin/env node
// A stand-in for the docker CLI: answers `docker stats`, `docker ps` and `docker version` as a docker 28 does, for
// containers that do not exist. `npm run demo` serves them; the tests make it fail in docker's ways. A file
// `stand-in.json` in DOCKER_CONFIG, read at each start, says how it behaves: see Behaviour.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Behaviour
 * @property {number} [containers] how many containers run
 * @property {number} [durationMs] how long a `docker stats` takes
 * @property {string} [fault] what goes wrong, of FAULTS
 * @property {Output} [prints] what it does in place of all that, whatever it is asked
 */

/**
 * @typedef {object} Output
 * @property {string} [stdout] bytes in base64
 * @property {string} [stderr] bytes in base64
 * @property {number} [times] how often it prints them
 * @property {number} [everyMs] how long it waits in between
 * @property {number} [exitCode] how it ends then
 * @property {NodeJS.Signals} [signal] by which it ends in place of that
 */

const KiB = 1024;
const MiB = 1024 * KiB;
const HOST_MEMORY = 15.5 * KiB * MiB;

/** Typical containers: name, CPU %, memory in bytes, its limit, processes. */
const KINDS = /** @type {const} */ ([
  ['web', 12.4, 102.85 * MiB, 512 * MiB, 9],
  ['api', 38.1, 241 * MiB, 512 * MiB, 22],
  ['postgres', 6.3, 388 * MiB, 2048 * MiB, 14],
  ['redis', 0.9, 14.2 * MiB, 256 * MiB, 5],
  ['worker', 117, 655 * MiB, HOST_MEMORY, 31],
  ['proxy', 0.2, 8.6 * MiB, HOST_MEMORY, 3],
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

/** @type {Record<string, (subcommand: Subcommand) => void>} */
const FAULTS = {
  daemon_down: (subcommand) => fail(NO_DAEMON, subcommand),
  permission_denied: (subcommand) => fail(NO_PERMISSION, subcommand),
  api_version_refused: (subcommand) => fail(OLD_API, subcommand),
  fails: (subcommand) => fail('Error response from daemon: something broke', subcommand),
  // The daemon never answers; ended by SIGTERM, docker prints what it has: nothing, or an empty version.
  daemon_hung: (subcommand) => waitForSigterm(() => end(subcommand === 'version' ? '\n' : '', 143)),
  container_hung: (subcommand) =>
    subcommand === 'stats'
      ? waitForSigterm(() => end(rows().with(0, placeholder(0)).join(''), 0))
      : answer(subcommand),
  daemon_lost: () =>
    setTimeout(
      () =>
        end(
          rows()
            .map((_row, n) => placeholder(n))
            .join(''),
          0,
        ),
      durationMs / 2,
    ),
  ignores_sigterm: () => waitForSigterm(() => undefined),
  leaves_children: () => {
    leaveChild();
    waitForSigterm(() => undefined);
  },
  ends_before_its_children: (subcommand) => {
    leaveChild();
    answer(subcommand);
  },
  garbage: () => end('\u0000\u001b[2J<html>\n{"Name":1}\n[]\n"', 0),
  floods: () => void setInterval(() => process.stdout.write('x'.repeat(MiB)), 1),
};

/** @type {Behaviour} */
const { containers = KINDS.length, durationMs = 1500, fault, prints } = readBehaviour();

/** @returns {Behaviour} */
function readBehaviour() {
  const folder = process.env['DOCKER_CONFIG'];
  if (folder === undefined) return {};
  try {
    return /** @type {Behaviour} */ (JSON.parse(readFileSync(join(folder, 'stand-in.json'), 'utf8')));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return {};
    throw error;
  }
}

main(process.argv.slice(2));

/** @param {string[]} argv */
function main([subcommand = '', ...args]) {
  if (subcommand === '--version') return end('Docker version 28.2.2-simulated, build 0000000\n', 0);
  if (!isKnown(subcommand)) return end('', 1, `docker: unknown command: docker ${subcommand}`);
  if (prints !== undefined) return void print(prints);
  const options = readOptions(args);
  if (options === undefined) return end('', 125, `unknown flag: ${args.find((arg) => arg.startsWith('-'))}`);
  if (fault !== undefined) {
    const misbehave = FAULTS[fault];
    return misbehave ? misbehave(subcommand) : end('', 1, `the stand-in docker has no fault ${fault}`);
  }
  if (subcommand === 'stats' && (!options['no-stream'] || options.format !== '{{json .}}')) {
    return end('', 1, "the stand-in docker has only: docker stats --no-stream --format '{{json .}}'");
  }
  answer(subcommand, options.quiet);
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
 * @param {boolean} [isQuiet]
 */
function answer(subcommand, isQuiet = false) {
  switch (subcommand) {
    case 'stats':
      return void setTimeout(() => end(rows().join(''), 0), durationMs);
    case 'ps':
      return end(Array.from({ length: containers }, (_, n) => psLine(n, isQuiet)).join(''), 0);
    case 'version':
      return end('28.2.2-simulated,Engine\n', 0);
  }
}

/** @param {string[]} args */
function readOptions(args) {
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
 * @param {number} n
 * @param {boolean} isQuiet
 */
function psLine(n, isQuiet) {
  return isQuiet ? `${idOf(n).slice(0, 12)}\n` : `${idOf(n)} Up 2 hours\n`;
}

/** One line a container, the newest first, as docker lists them. */
function rows() {
  return Array.from({ length: containers }, (_, n) => row(n)).toReversed();
}

/** @param {number} n */
function row(n) {
  const [kind, cpu, memory, limit, pids] = KINDS[n % KINDS.length] ?? KINDS[0];
  const seconds = Date.now() / 1000;
  const wave = 1 + 0.3 * Math.sin(seconds / 7 + n); // figures that live, and are the same for all who ask now
  const used = memory * (0.9 + 0.1 * wave);
  const traffic = (seconds % 1e6) * 1e3 * (n + 1);
  return line({
    BlockIO: `${decimalSize(traffic / 9)} / ${decimalSize(traffic / 4)}`,
    CPUPerc: `${(cpu * wave).toFixed(2)}%`,
    Container: idOf(n).slice(0, 12),
    ID: idOf(n),
    MemPerc: `${((used / limit) * 100).toFixed(2)}%`,
    MemUsage: `${binarySize(used)} / ${binarySize(limit)}`,
    Name: `demo-${kind}-${Math.floor(n / KINDS.length) + 1}`,
    NetIO: `${decimalSize(traffic)} / ${decimalSize(traffic * 3)}`,
    PIDs: String(pids),
  });
}

/**
 * The row that docker prints for a container that it has no reading of.
 *
 * @param {number} n
 */
function placeholder(n) {
  return line({
    BlockIO: '--',
    CPUPerc: '--',
    Container: idOf(n).slice(0, 12),
    ID: '',
    MemPerc: '--',
    MemUsage: '-- / --',
    Name: '--',
    NetIO: '--',
    PIDs: '--',
  });
}

/** @param {Record<string, string>} columns */
function line(columns) {
  return `${JSON.stringify(columns)}\n`;
}

/** @param {number} n */
function idOf(n) {
  return (n + 1).toString(16).padStart(4, '0').repeat(16);
}

/** @param {number} bytes */
function binarySize(bytes) {
  return size(bytes, 1024, 4, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** @param {number} bytes */
function decimalSize(bytes) {
  return size(bytes, 1000, 3, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/**
 * Docker's `units.CustomSize`: so many significant digits, as Go's `%.4g` writes them.
 *
 * @param {number} bytes
 * @param {number} base
 * @param {number} digits
 * @param {string[]} units
 */
function size(bytes, base, digits, units) {
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
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is wanted
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

/** A child that holds our pipes open. */
function leaveChild() {
  spawn('sleep', ['300'], { argv0: process.argv[1], stdio: 'inherit' });
}

/** @param {() => void} then */
function waitForSigterm(then) {
  process.on('SIGTERM', then);
  setInterval(() => undefined, 60_000);
}

/**
 * @param {string} message
 * @param {Subcommand} subcommand
 */
function fail(message, subcommand) {
  end(subcommand === 'version' ? '\n' : '', 1, message);
}

/**
 * @param {string} stdout
 * @param {number} exitCode
 * @param {string} [stderr]
 */
function end(stdout, exitCode, stderr) {
  if (stderr !== undefined) process.stderr.write(`${stderr}\n`);
  process.stdout.write(stdout, () => process.exit(exitCode));
}
