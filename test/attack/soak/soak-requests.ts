import type { Agent } from 'node:http';
import { type HttpResponse, httpGet } from '../http-get.js';

/** How many containers the fake docker CLI has. They are of these kinds, in turn. */
export const CONTAINERS = 50;
export const KINDS = 6;

/** What a client needs to send requests. */
export interface Target {
  readonly url: string;
  readonly port: number;
  readonly key: string;
  /** Keeps connections alive; shared by all clients that reuse connections. */
  readonly agent: Agent;
}

/** Sends the requests of one client. Throws if a response is not the expected one. */
type Client = (target: Target) => Promise<unknown>;

/** Kinds of clients. `share` is how many clients are of this kind, relative to the rarest kinds. */
export type Clients = Readonly<Record<string, { readonly share: number; readonly run: Client }>>;

export async function get(
  { url, key, agent }: Target,
  path: string,
  statuses: number | readonly number[],
  headers: Record<string, string> = {},
): Promise<HttpResponse> {
  const response = await httpGet(url + path, { 'X-API-Key': key, ...headers }, agent);
  const { status, body } = response;
  if (![statuses].flat().includes(status)) throw new Error(`Unexpected status ${status}: ${String(body)}`);
  return response;
}

export async function getJson(target: Target, path: string): Promise<unknown> {
  return JSON.parse(String((await get(target, path, 200)).body));
}

export async function expectContainers(target: Target, path: string, count: number): Promise<void> {
  expectLength(await getJson(target, path), count);
}

export function expectLength(list: unknown, length: number): void {
  if (!Array.isArray(list) || list.length !== length) {
    throw new Error(`Expected a list of ${length}, received ${JSON.stringify(list).slice(0, 200)}`);
  }
}

export function formatRequest({ key }: Target, path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n${headers}\r\n`;
}

export function formatLastRequest(target: Target, path: string): string {
  return formatRequest(target, path, 'Connection: close\r\n');
}
