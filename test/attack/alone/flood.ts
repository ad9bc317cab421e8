import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ATTACKER_KEY } from './attacked-service.js';

/** How many requests are sent on each connection before the first response. */
const PIPELINED = 50;

/** After this time, all connections are closed. */
export const ATTACK_MS = 20_000;

const STATUS_LINE = /HTTP\/1\.1 (\d{3}) /;

/** The longest part of a status line that may end a chunk. */
const STATUS_LINE_LENGTH = 20;

/** Sends a request of the attacker for each path, over several connections. Returns how many responses had each status. */
export async function flood(
  port: number,
  paths: readonly string[],
  connections: number,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const perConnection = Math.ceil(paths.length / connections);
  const sockets: Socket[] = [];
  for (let start = 0; start < paths.length; start += perConnection) {
    sockets.push(floodConnection(port, paths.slice(start, start + perConnection), counts));
  }
  const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), ATTACK_MS);
  await Promise.all(sockets.map((socket) => once(socket, 'close')));
  clearTimeout(timer);
  return counts;
}

/** Sends a request of the attacker, without waiting for the response. */
export function sendRequest(socket: Socket, path: string): void {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ATTACKER_KEY}\r\n\r\n`);
}

function floodConnection(port: number, paths: readonly string[], counts: Record<string, number>): Socket {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let sent = 0;
  let received = 0;
  let rest = '';
  const sendNext = (): void => {
    if (sent < paths.length) sendRequest(socket, paths[sent++] ?? '');
  };
  for (let n = 0; n < PIPELINED; n++) sendNext();
  socket.on('data', (text: string) => {
    rest += text;
    for (let match = STATUS_LINE.exec(rest); match !== null; match = STATUS_LINE.exec(rest)) {
      const [line, status = ''] = match;
      rest = rest.slice(match.index + line.length);
      counts[status] = (counts[status] ?? 0) + 1;
      received++;
      sendNext();
    }
    rest = rest.slice(-STATUS_LINE_LENGTH);
    if (received === paths.length) socket.end();
  });
  return socket;
}
