// Asks URL for the figures RATE times a second, by the clock and not by the answers, and keeps all that comes back. In a
// thread of its own: what else the test does must not hold the requests up.
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** Longer than any answer may take. */
const NO_ANSWER_MS = 60_000;
const TICK_MS = 10;

/** @type {{ url: string, key: string, rate: number }} */
const { url, key, rate } = workerData;
// Without a limit of connections, or a slow answer would hold the next request back. Idle ones are closed before the
// server does so, or a request might meet a closing one.
const agent = new Agent({ keepAlive: true, timeout: 2500 });

/** @type {import('./steady-load.js').Answer[]} */
const answers = [];
const startedAt = performance.now();
let sent = 0;
let isEnding = false;

const timer = setInterval(() => {
  const due = ((performance.now() - startedAt) * rate) / 1000;
  while (sent < due) ask(sent++ % 5 === 0 ? '/stats' : '/stats?view=full');
}, TICK_MS);

parentPort?.once('message', () => {
  clearInterval(timer);
  isEnding = true;
  endIfDone();
});

/** @param {string} path */
function ask(path) {
  const sentAt = Date.now();
  /** @type {(status: number, text: string, headers?: import('node:http').IncomingHttpHeaders) => void} */
  const keep = (status, text, headers = {}) => {
    answers.push({ path, sentAt, receivedAt: Date.now(), status, text, headers });
    if (isEnding) endIfDone();
  };
  /** @param {Error} error */
  const fail = ({ message }) => keep(0, message);

  const request = get(url + path, { agent, headers: { 'X-API-Key': key }, timeout: NO_ANSWER_MS });
  request.on('timeout', () => request.destroy(new Error(`no answer within ${NO_ANSWER_MS} ms`)));
  request.on('error', fail);
  request.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (text += String(chunk)));
    response.on('error', fail);
    response.on('end', () => keep(response.statusCode ?? 0, text, response.headers));
  });
}

function endIfDone() {
  if (answers.length < sent) return;
  agent.destroy();
  parentPort?.postMessage(answers); // oxlint-disable-line unicorn/require-post-message-target-origin -- a thread has none
}
