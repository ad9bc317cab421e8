import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests of one connection may be under way; what Node reads at once may hold thousands. */
const MAX_PIPELINED = 100;

/** Accepts requests: `begin` is called as soon as one has come, `serve` when it is its turn. */
export interface RequestTurns {
  readonly begin: RequestListener;
  readonly serve: RequestListener;
}

/**
 * Serves each request when the responses before it on its connection have been sent, and reads no more of a connection while
 * requests of it wait: a client that sends requests ahead holds up nobody else, and takes no memory but for what was read at
 * once. A connection with too many of them is closed.
 */
export function inTurn({ begin, serve }: RequestTurns): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    // Node goes on with what it has read of a pipeline, also when the connection is closed.
    if (!socket.writable) return;
    if (response.socket !== null) {
      begin(request, response);
      serve(request, response);
      return;
    }
    const ahead = waiting.get(socket) ?? 0;
    // One more is being served.
    if (ahead + 1 >= MAX_PIPELINED) {
      socket.destroy();
      return;
    }
    begin(request, response);
    waiting.set(socket, ahead + 1);
    // Not now: when Node has parsed this request, it reads on.
    process.nextTick(() => {
      if (waiting.get(socket)) socket.pause();
    });
    response.once('socket', () => {
      // A turn of the event loop for each, so that a long pipeline does not hold it.
      setImmediate(() => {
        const left = (waiting.get(socket) ?? 1) - 1;
        waiting.set(socket, left);
        if (left === 0) socket.resume();
        if (socket.writable) serve(request, response);
      });
    });
  };
}
