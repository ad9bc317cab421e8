import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Handles a request. */
export type RequestHandler = (response: ServerResponse, request: IncomingMessage) => void;

/** A received request. */
export interface ReceivedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** An HTTP server for one test. The n-th handler responds to the n-th request; the last handler responds to all others. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  /** The number of connections opened so far. */
  connections = 0;
  /** The number of responses that are neither complete nor aborted. */
  openResponses = 0;
  readonly #server = createServer((request, response) => {
    this.requests.push({ url: request.url ?? '', headers: request.headers });
    this.openResponses++;
    response.once('close', () => this.openResponses--);
    const [handler] = this.#handlers.length > 1 ? this.#handlers.splice(0, 1) : this.#handlers;
    handler?.(response, request);
  });

  #handlers: RequestHandler[];

  private constructor(handlers: RequestHandler[]) {
    this.#handlers = handlers;
    this.#server.on('connection', () => this.connections++);
  }

  /** Starts a server; it is stopped at the end of the test. */
  static async start(...handlers: RequestHandler[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(handlers);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    onTestFinished(() => server.stop());
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Replaces the handlers. */
  setHandlers(...handlers: RequestHandler[]): void {
    this.#handlers = handlers;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Sends JSON. */
export function sendJson(
  body: unknown,
  status = 200,
  headers: Record<string, string | number> = {},
): RequestHandler {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Sends an error as the service does. */
export function sendError(
  statusCode: number,
  code: string,
  headers: Record<string, string | number> = {},
): RequestHandler {
  return sendJson({ statusCode, code, message: `The ${code} message` }, statusCode, headers);
}

/** Closes the connection without a response. */
export const closeConnection: RequestHandler = (response) => response.destroy();

/** Never responds. */
export const sendNothing: RequestHandler = () => undefined;

/** Sends the beginning of an event stream and leaves the response open. */
export function sendStream(text: string): RequestHandler {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' }).write(text);
  };
}

/** Formats a `stats` event with one container in the default view. */
export function formatStatsEvent(name: string): string {
  return `event: stats\ndata: [{"name":"${name}","cpuUsage":1,"memoryUsage":2}]\n\n`;
}
