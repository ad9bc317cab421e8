import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Maximum of requests in progress on one connection. Needed because one read from the socket may contain thousands. */
const MAX_PIPELINED = 100;

/** `begin` is called when a request arrives, `serve` when the responses before it are sent. */
export interface PipelineHandlers {
  readonly begin: RequestListener;
  readonly serve: RequestListener;
}

/**
 * Serves the pipelined requests of a connection one after the other, and reads no more bytes while some wait. So a client that
 * pipelines delays no other client and takes little memory. If {@link MAX_PIPELINED} requests are in progress and the client
 * sends another, the connection is closed.
 */
export function serveInOrder({ begin, serve }: PipelineHandlers): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    // Node parses the rest of what it has read even after the connection is closed.
    if (!socket.writable) return;
    if (response.socket !== null) {
      begin(request, response);
      serve(request, response);
      return;
    }
    const waitingCount = waiting.get(socket) ?? 0;
    const servedCount = 1;
    if (waitingCount + servedCount >= MAX_PIPELINED) {
      socket.destroy();
      return;
    }
    begin(request, response);
    waiting.set(socket, waitingCount + 1);
    // Pause on the next tick: Node parses this request and then resumes the socket.
    process.nextTick(() => {
      if (waiting.get(socket)) socket.pause();
    });
    response.once('socket', () => {
      // One request in each turn of the event loop, so that a long pipeline does not block it.
      setImmediate(() => {
        const left = (waiting.get(socket) ?? 1) - 1;
        waiting.set(socket, left);
        if (left === 0) socket.resume();
        if (socket.writable) serve(request, response);
      });
    });
  };
}
