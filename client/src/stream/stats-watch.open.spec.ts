import { describe, expect, it } from 'vitest';
import {
  formatStatsEvent,
  type RequestHandler,
  ScriptedServer,
  sendError,
  sendStream,
} from '../../../test/support/http/scripted-server.js';
import { StatsClient } from '../stats-client.js';
import type { WatchOptions } from '../stats-client-options.js';
import type { BasicContainerStats } from '../wire-types.js';
import type { StatsWatch } from './stats-watch.js';

/** Starts a server with these responses, and creates a watch of it. */
async function createWatch(
  options: WatchOptions,
  ...responses: RequestHandler[]
): Promise<{ server: ScriptedServer; watch: StatsWatch<BasicContainerStats[]> }> {
  const server = await ScriptedServer.start(...responses);
  const client = new StatsClient({ baseUrl: server.url, apiKey: 'client-key-0123456789' });
  return { server, watch: client.watch(options) };
}

function fail(): never {
  throw new Error('Enough');
}

describe('StatsWatch', () => {
  it('calls onOpen for each request that the service has accepted, before its first sample', async () => {
    const events: string[] = [];
    const { watch } = await createWatch(
      { onOpen: () => events.push('open'), onError: ({ code }) => events.push(code) },
      (response, request) => {
        sendStream(`retry: 1\n\n${formatStatsEvent('one')}`)(response, request);
        response.end();
      },
      sendError(503, 'unavailable', { 'Retry-After': 0 }),
      sendStream(formatStatsEvent('two')),
    );
    for await (const [container] of watch) {
      events.push(container?.name ?? 'none');
      if (events.at(-1) === 'two') break;
    }
    expect(events).toEqual(['open', 'one', 'network', 'unavailable', 'open', 'two']);
  });

  it('fails with the error that onOpen throws', async () => {
    const { server, watch } = await createWatch({ onOpen: fail }, sendStream(formatStatsEvent('one')));
    await expect(watch.next()).rejects.toThrow('Enough');
    await expect.poll(() => server.openResponses).toBe(0);
  });
});
