import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How a request is answered. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A request as it came. */
export interface ReceivedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server for one test, which answers as the test says: the answers in their order, the last one again and again. */
export class ScriptedServer {
  readonly requests: ReceivedRequest[] = [];
  /** How many connections have been opened. */
  connections = 0;
  /** How many answers are not over: whole, or lost. */
  underWay = 0;
  readonly #server = createServer((request, response) => {
    this.requests.push({ url: request.url ?? '', headers: request.headers });
    this.underWay++;
    response.once('close', () => this.underWay--);
    const [answer] = this.#answers.length > 1 ? this.#answers.splice(0, 1) : this.#answers;
    answer?.(response, request);
  });

  #answers: Answer[];

  private constructor(answers: Answer[]) {
    this.#answers = answers;
    this.#server.on('connection', () => this.connections++);
  }

  /** Starts one. */
  static async start(...answers: Answer[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(answers);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    onTestFinished(() => server.stop());
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What it answers from now on. */
  answers(...answers: Answer[]): void {
    this.#answers = answers;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A JSON answer. */
export function json(body: unknown, status = 200, headers: Record<string, string | number> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** An error of the service. */
export function error(
  statusCode: number,
  code: string,
  headers: Record<string, string | number> = {},
): Answer {
  return json({ statusCode, code, message: `The ${code} message` }, statusCode, headers);
}

/** A lost connection, before any answer. */
export const reset: Answer = (response) => response.destroy();

/** No answer at all. */
export const silence: Answer = () => undefined;

/** The beginning of a stream of events. */
export function stream(text: string): Answer {
  return (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' }).write(text);
  };
}

/** The event of a sample in the plain view. */
export function statsEvent(name: string): string {
  return `event: stats\ndata: [{"name":"${name}","cpuUsage":1,"memoryUsage":2}]\n\n`;
}
