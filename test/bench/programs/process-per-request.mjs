// The simplest implementation of such an API: runs `docker stats` for each request.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';

const DOCKER = process.env['DOCKER_BIN'] ?? 'docker';
const ARGS = ['stats', '--no-stream', '--no-trunc', '--format', '{{json .}}'];
/** @type {Record<string, number>} */
const UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

const server = createServer((_request, response) => {
  execFile(DOCKER, ARGS, { maxBuffer: 2 ** 25 }, (error, stdout) => {
    response.setHeader('Content-Type', 'application/json');
    if (error) response.writeHead(500).end('[]');
    else response.end(JSON.stringify(stdout.trim().split('\n').map(parseRow)));
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => process.exit(0));

/** @param {string} line */
function parseRow(line) {
  const { Name, CPUPerc, MemUsage } = /** @type {Record<string, string>} */ (JSON.parse(line));
  const [, size = '', unit = ''] = /^([\d.]+)(\w+)/.exec(MemUsage ?? '') ?? [];
  return {
    name: Name,
    cpuUsage: Number.parseFloat(CPUPerc ?? ''),
    memoryUsage: (Number(size) * (UNITS[unit] ?? NaN)) / 2 ** 20,
  };
}
