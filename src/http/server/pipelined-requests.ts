import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Serves each request when the responses before it on its connection have been sent, and reads no more of a connection while
 * requests of it wait: a client that sends requests ahead holds up nobody else, and takes no memory but for what was read at
 * once.
 */
export function inTurn(serve: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    if (response.socket !== null) {
      serve(request, response);
      return;
    }
    waiting.set(socket, (waiting.get(socket) ?? 0) + 1);
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
        serve(request, response);
      });
    });
  };
}
