import { once } from 'node:events';
import { connect } from 'node:net';

/** Returns the socket path of a `DOCKER_HOST` such as `unix:///var/run/docker.sock`. */
export function toSocketPath(host: string): string {
  return host.replace('unix://', '');
}

/** Sends bytes unchanged. Returns everything received until the other end closes the connection or is silent for `silenceMs`. */
export async function sendRaw(host: string, bytes: string, silenceMs = 300): Promise<string> {
  const socket = connect(toSocketPath(host));
  let response = '';
  socket.on('data', (chunk) => (response += chunk.toString('latin1')));
  socket.on('error', () => undefined); // the other end may close the connection while this end writes
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  return response;
}
