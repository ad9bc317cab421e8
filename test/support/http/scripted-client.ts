import { StatsClient } from '../../../client/src/stats-client.js';
import type { StatsClientOptions } from '../../../client/src/stats-client-options.js';
import { type RequestHandler, ScriptedServer } from './scripted-server.js';

export const CLIENT_KEY = 'client-key-0123456789';

/** The response to `GET /stats`. */
export const BASIC = [{ name: 'web-1', cpuUsage: 1.5, memoryUsage: 20 }];

/** The response to `GET /containers/web-1/stats`. */
export const CONTAINER = { ...BASIC[0], id: 'a'.repeat(64) };

/** The response to `GET /stats?view=full`. */
export const FULL = {
  sampledAt: '2026-11-23T21:49:36.016Z',
  ageMs: 700,
  durationMs: 2000,
  containers: [CONTAINER],
  skipped: [],
};

export function createClient(server: ScriptedServer, options: Partial<StatsClientOptions> = {}): StatsClient {
  return new StatsClient({ baseUrl: server.url, apiKey: CLIENT_KEY, ...options });
}

/** Starts a server with these responses, and creates a client for it. */
export async function startServer(
  ...responses: RequestHandler[]
): Promise<{ server: ScriptedServer; client: StatsClient }> {
  const server = await ScriptedServer.start(...responses);
  return { server, client: createClient(server) };
}

/** The values of a header in all requests so far. */
export function received(server: ScriptedServer, header: string): unknown[] {
  return server.requests.map(({ headers }) => headers[header]);
}
