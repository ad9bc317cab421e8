import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { sendJson, ScriptedServer } from '../../../test/support/http/scripted-server.js';
import { StatsClient } from '../stats-client.js';
import { StatsClientModule } from './stats-client.module.js';

const API_KEY = 'client-key-0123456789';

@Injectable()
class Consumer {
  constructor(@Inject(StatsClient) readonly client: StatsClient) {}
}

@Module({ providers: [Consumer] })
class OtherModule {}

/** A provider of a module that imports these modules. */
async function createConsumer(
  ...imports: NonNullable<Parameters<typeof Module>[0]['imports']>
): Promise<Consumer> {
  const module = await Test.createTestingModule({ imports, providers: [Consumer] }).compile();
  return module.get(Consumer);
}

describe('StatsClientModule', () => {
  it('provides a StatsClient with forRoot', async () => {
    const server = await ScriptedServer.start(sendJson([]));
    const { client } = await createConsumer(
      StatsClientModule.forRoot({ baseUrl: server.url, apiKey: API_KEY }),
    );
    expect(await client.stats()).toEqual([]);
    expect(server.requests[0]?.headers).toMatchObject({ 'x-api-key': API_KEY });
  });

  it('provides a StatsClient with forRootAsync and a factory', async () => {
    const server = await ScriptedServer.start(sendJson([]));
    const { client } = await createConsumer(
      StatsClientModule.forRootAsync({
        useFactory: () => Promise.resolve({ baseUrl: server.url, apiKey: API_KEY }),
      }),
    );
    expect(await client.stats()).toEqual([]);
  });

  it('provides the StatsClient in all modules with isGlobal', async () => {
    const root = StatsClientModule.forRoot({ baseUrl: 'http://x.org', apiKey: API_KEY, isGlobal: true });
    const module = await Test.createTestingModule({ imports: [root, OtherModule] }).compile();
    expect(module.get(Consumer, { strict: false }).client).toBe(module.get(StatsClient));
  });

  it('rejects invalid options when the module is created', async () => {
    await expect(
      createConsumer(StatsClientModule.forRoot({ baseUrl: 'x', apiKey: API_KEY })),
    ).rejects.toThrow('baseUrl');
  });
});
