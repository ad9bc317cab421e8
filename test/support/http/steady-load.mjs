// Sends `rate` requests per second to `url`, and keeps every response. Runs in its own thread, so that the work of the test
// does not delay the requests.
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** Longer than any response may take. */
const RESPONSE_TIMEOUT_MS = 60_000;
const TICK_MS = 10;

/** @type {{ url: string, key: string, rate: number }} */
const { url, key, rate } = workerData;
// No limit of connections: a slow response must not delay the next request. Idle connections are closed before the server
// closes them: a request on a closing connection fails.
const agent = new Agent({ keepAlive: true, timeout: 2500 });

/** @type {import('./steady-load.js').TimedResponse[]} */
const responses = [];
const startedAt = performance.now();
let sent = 0;
let isFinishing = false;

const timer = setInterval(() => {
  const due = ((performance.now() - startedAt) * rate) / 1000;
  while (sent < due) send(sent++ % 5 === 0 ? '/stats' : '/stats?view=full');
}, TICK_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  isFinishing = true;
  finishWhenComplete();
});

/** @param {string} path */
function send(path) {
  const sentAt = Date.now();
  /** @type {(status: number, body: string, headers?: import('node:http').IncomingHttpHeaders) => void} */
  const keep = (status, body, headers = {}) => {
    responses.push({ path, sentAt, receivedAt: Date.now(), status, body, headers });
    if (isFinishing) finishWhenComplete();
  };
  /** @param {Error} error */
  const keepError = ({ message }) => keep(0, message);

  const request = get(url + path, { agent, headers: { 'X-API-Key': key }, timeout: RESPONSE_TIMEOUT_MS });
  request.on('timeout', () => request.destroy(new Error(`no response within ${RESPONSE_TIMEOUT_MS} ms`)));
  request.on('error', keepError);
  request.on('response', (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (body += String(chunk)));
    response.on('error', keepError);
    response.on('end', () => keep(response.statusCode ?? 0, body, response.headers));
  });
}

function finishWhenComplete() {
  if (responses.length < sent) return;
  agent.destroy();
  parentPort?.postMessage(responses); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has none
}
