// Opens COUNT streams of URL with KEY in one process. For each sample, prints the time between the first and the last reader
// that received it completely.
import { connect } from 'node:net';

const { URL: url = '', KEY: key = '', COUNT: count = '' } = process.env;
const { hostname, port, pathname } = new URL(url);
const readers = Number(count);

/**
 * By sample: when the first reader received it, and how many readers have it.
 *
 * @type {Map<string, { firstAt: number, readers: number }>}
 */
const samples = new Map();
let connected = 0;

for (let n = 0; n < readers; n++) open();

function open() {
  const socket = connect(Number(port), hostname);
  let text = '';
  let isConnected = false;
  socket.setEncoding('latin1');
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nX-API-Key: ${key}\r\n\r\n`);
  socket.on('data', (chunk) => {
    text += String(chunk);
    if (!isConnected && text.includes('\r\n\r\n')) {
      const [statusLine = ''] = text.split('\r\n');
      if (!statusLine.includes(' 200 ')) fail(statusLine);
      isConnected = true;
      if (++connected === readers) console.log('All connected');
    }
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      readEvent(text.slice(0, end));
      text = text.slice(end + 2);
    }
  });
  socket.on('close', () => fail('A stream ended'));
  socket.on('error', ({ message }) => fail(message));
}

/** @param {string} event */
function readEvent(event) {
  const [, sample] = /^id: (.+)$/m.exec(event) ?? [];
  if (sample === undefined) return;
  const now = performance.now();
  // A new reader gets the current sample at once. Such a sample does not reach all readers at the same time: it never counts.
  const seen = samples.get(sample) ?? { firstAt: now, readers: connected < readers ? -Infinity : 0 };
  samples.set(sample, seen);
  if (++seen.readers === readers) console.log(`spread ${now - seen.firstAt} ms`);
}

/**
 * @param {string} reason
 * @returns {never}
 */
function fail(reason) {
  console.error(reason);
  process.exit(1);
}
