import { once } from 'node:events';
import { connect } from 'node:net';

/** The path of the socket in a `DOCKER_HOST`. */
export function socketOf(host: string): string {
  return host.replace('unix://', '');
}

/** Sends bytes as they are, and gives all that comes back until the other end closes, or has been silent for a while. */
export async function sendRaw(host: string, bytes: string, silenceMs = 300): Promise<string> {
  const socket = connect(socketOf(host));
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined); // refused in the middle of what we say
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  return answer;
}
