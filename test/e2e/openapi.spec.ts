import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { BytesInUse } from '../../src/stats/limits/bytes-in-use.js';
import { placeholderRow, row } from '../support/docker-rows.js';
import { EventStream, type ServerSentEvent } from '../support/event-stream.js';
import { failure, FakeCommandRunner } from '../support/fake-command-runner.js';
import { type Answer, PublishedDocument } from '../support/published-document.js';
import { bootApp, KEY, type TestApp } from '../support/test-app.js';
import { type Case, CASES } from './openapi-cases.js';

const published = new PublishedDocument();

let test: TestApp<FakeCommandRunner> | undefined;
afterEach(() => test?.app.close());

const CONTAINERS = [
  row({ Name: 'web-1', ID: 'a'.repeat(64) }),
  row({ Name: 'web-2', ID: `${'a'.repeat(63)}b` }),
  row({ Name: 'job', MemUsage: '0B / 0B', PIDs: '0' }),
  placeholderRow('cccccccccccc'),
  ...Array.from({ length: 30 }, (_, n) =>
    row({ Name: `x-${n}`, ID: `d${n}`.padEnd(64, '0'), MemUsage: '0B / 0B' }),
  ),
];

/** Boots the service with these settings, around a docker with these answers. */
async function boot({ env = {}, docker = {}, bytesInUse = 0 }: Partial<Case> = {}): Promise<
  TestApp<FakeCommandRunner>
> {
  const stats = { stdout: CONTAINERS.join('') };
  const runner = Object.assign(new FakeCommandRunner(), { stats }, docker);
  test = await bootApp(env, { runner });
  if (bytesInUse > 0) test.app.get(BytesInUse).use({ name: 'another' }, { size: bytesInUse });
  return test;
}

/** Sends the request of a case; of a stream, which does not end, takes the beginning. */
async function ask(
  { app }: TestApp<FakeCommandRunner>,
  { method = 'GET', target, headers }: Case,
): Promise<Answer> {
  const asked = request(`${await app.getUrl()}${target}`, { method, headers, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const isStream = response.headers['content-type']?.startsWith('text/event-stream');
  if (isStream) response.destroy();
  const body = isStream ? Buffer.alloc(0) : await buffer(response);
  return { status: response.statusCode ?? NaN, headers: response.headers, body };
}

/** What is published and cannot be provoked: a fault of ours where there is nothing to go wrong. */
const NEVER_SEEN = ['/', '/stats/stream', '/health/live', '/docs-json', '/docs', '/docs/{file}'].map(
  (path) => `GET ${path} 500`,
);

describe('every answer is as published', () => {
  const seen = new Set<string>(NEVER_SEEN);
  const codes = new Set<string>();

  it.each(CASES)('$route $status: $how', async (one) => {
    const { route, status } = one;
    const service = await boot(one);
    if (status === 429) await ask(service, one);
    const answer = await ask(service, one);
    expect(answer.status).toBe(status);
    expect(published.faultsOf(route, answer)).toEqual([]);
    seen.add(published.answerTo(route, status));
    const { code } = status < 400 ? {} : (JSON.parse(String(answer.body)) as { code?: string });
    if (code !== undefined) codes.add(code);
  });

  it('and every answer and every error code that is published is one of these', () => {
    expect([...seen].toSorted()).toEqual(published.answers.toSorted());
    expect([...codes].toSorted()).toEqual(published.codes.toSorted());
  });
});

/** The first events of a stream, while docker gives these answers. */
async function eventsOf(query: string, docker: NonNullable<Case['docker']>): Promise<ServerSentEvent[]> {
  const { app } = await boot({ docker });
  const stream = await EventStream.open(`${await app.getUrl()}/stats/stream${query}`, { 'X-API-Key': KEY });
  const events = await stream.receives(1);
  stream.close();
  return events;
}

describe('every event of GET /stats/stream is as published', () => {
  it.each([
    ['stats', '', 'BasicStats', {}],
    ['stats', '?view=full', 'FullStats', {}],
    ['error', '', 'Error', { stats: failure('Cannot connect to the Docker daemon') }],
  ])('%s of ?%s is %s', async (name, query, schema, docker) => {
    const [{ event, data = '' } = {}] = await eventsOf(query, docker);
    expect(event).toBe(name);
    expect(published.faultsOfJson(schema, data)).toEqual([]);
  });
});
