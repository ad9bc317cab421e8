// Serves the metrics of many Docker hosts, each at a path of its own: `/0`, `/1` and so on. The figures are always the same, and the
// text is made once for all hosts: only the ids of the containers differ.
import { createServer } from 'node:http';

const CONTAINERS = Number(process.env['CONTAINERS']);

/** Stands in the text for the number of the host. */
const HOST = 'HHHHHH';

/** The labels that each series of a metric has beside name and id, and the value. */
const METRICS = Object.entries({
  docker_container_info: [[',image="nginx:1.29",project="shop",service="web"', 1]],
  docker_container_state: [
    [',state="running"', 1],
    [',state="paused"', 0],
    [',state="restarting"', 0],
  ],
  docker_container_created_timestamp_seconds: [['', 1_750_000_000]],
  docker_container_cpu_usage_ratio: [['', 0.1234]],
  docker_container_memory_usage_bytes: [['', 123_456_789]],
  docker_container_memory_limit_bytes: [['', 16_820_000_000]],
  docker_container_network_io_bytes_total: [
    [',direction="receive"', 123_000_000],
    [',direction="transmit"', 45_600_000],
  ],
  docker_container_disk_io_bytes_total: [
    [',direction="read"', 789_000],
    [',direction="write"', 12_300_000],
  ],
  docker_container_pids: [['', 5]],
});

const text = METRICS.map(formatMetric).join('') + '# TYPE docker_up gauge\ndocker_up 1\n';

/** @param {[name: string, series: (string | number)[][]]} metric */
function formatMetric([name, series]) {
  const type = name.endsWith('_total') ? 'counter' : 'gauge';
  const lines = Array.from({ length: CONTAINERS }, (_, n) => {
    const id = HOST + n.toString(16).padStart(58, 'c');
    return series
      .map(([labels, value]) => `${name}{name="web-${n}",id="${id}"${labels}} ${value}\n`)
      .join('');
  });
  return `# TYPE ${name} ${type}\n${lines.join('')}`;
}

const server = createServer(({ url = '' }, response) => {
  response.setHeader('Content-Type', 'text/plain; version=0.0.4');
  response.end(text.replaceAll(HOST, url.slice(1).padStart(HOST.length, '0')));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => process.exit(0));
