import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { json, ScriptedServer } from '../../../test/support/scripted-server.js';
import { StatsClient } from '../stats-client.js';
import { StatsClientModule } from './stats-client.module.js';

const API_KEY = 'client-key-0123456789';

@Injectable()
class Consumer {
  constructor(@Inject(StatsClient) readonly client: StatsClient) {}
}

@Module({ providers: [Consumer] })
class OtherModule {}

async function consumerIn(
  ...imports: NonNullable<Parameters<typeof Module>[0]['imports']>
): Promise<Consumer> {
  const module = await Test.createTestingModule({ imports, providers: [Consumer] }).compile();
  return module.get(Consumer);
}

it('gives a client to inject, by options', async () => {
  const server = await ScriptedServer.start(json([]));
  const { client } = await consumerIn(StatsClientModule.forRoot({ baseUrl: server.url, apiKey: API_KEY }));
  expect(await client.stats()).toEqual([]);
  expect(server.requests[0]?.headers).toMatchObject({ 'x-api-key': API_KEY });
});

it('gives a client to inject, by options that are made', async () => {
  const server = await ScriptedServer.start(json([]));
  const { client } = await consumerIn(
    StatsClientModule.forRootAsync({
      useFactory: () => Promise.resolve({ baseUrl: server.url, apiKey: API_KEY }),
    }),
  );
  expect(await client.stats()).toEqual([]);
});

it('gives it to all modules where that is asked for', async () => {
  const root = StatsClientModule.forRoot({ baseUrl: 'http://x.org', apiKey: API_KEY, isGlobal: true });
  const module = await Test.createTestingModule({ imports: [root, OtherModule] }).compile();
  expect(module.get(Consumer, { strict: false }).client).toBe(module.get(StatsClient));
});

it('refuses at the start what a client refuses', async () => {
  await expect(consumerIn(StatsClientModule.forRoot({ baseUrl: 'x', apiKey: API_KEY }))).rejects.toThrow(
    'baseUrl',
  );
});
