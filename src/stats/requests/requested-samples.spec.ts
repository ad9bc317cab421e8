import { UnauthorizedException } from '@nestjs/common';
import { beforeEach, expect, it } from 'vitest';
import { RUN_MS, SamplerTest } from '../../../test/support/sampler-test.js';
import { type ApiKey, digestOf } from '../../config/api-keys/api-keys.js';
import { RequestedSamples } from './requested-samples.js';
import type { SampleRequest } from './sample-request.js';
import { SampleScopes } from '../selection/sample-scopes.js';

const KEY: ApiKey = { name: 'test', digest: digestOf('test'), isShort: false };

let test: SamplerTest;
let samples: RequestedSamples;
let client: AbortController;
let isValid: boolean;
beforeEach(() => {
  isValid = true;
  test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' }); // no run but those that somebody waits for
  samples = new RequestedSamples(test.sampler, new SampleScopes(), { assertValid }, test.clock);
  client = new AbortController();
});

function request(): SampleRequest {
  return { maxAgeMs: undefined, gone: () => client.signal };
}

function assertValid(): void {
  if (!isValid) throw new UnauthorizedException();
}

it('are not for a key that is revoked while its request waits', async () => {
  const getting = samples.for(KEY, request()).catch((error: unknown) => error);
  isValid = false;
  await test.clock.advance(RUN_MS);
  expect(await getting).toBeInstanceOf(UnauthorizedException);
});

it('are waited for as long as the client waits, and no timer is left', async () => {
  const getting = samples.forWithin(KEY, request(), RUN_MS + 1);
  await test.clock.advance(RUN_MS);
  expect((await getting)?.containers).toMatchObject([{ name: 'run-1' }]);
  expect(test.clock.timerCount).toBe(0);
});

it('are not waited for any longer: docker has not answered in time', async () => {
  const getting = samples.forWithin(KEY, request(), RUN_MS - 1);
  await test.clock.advance(RUN_MS - 1);
  expect(await getting).toBeUndefined();
});

it('are not waited for when the client has gone', async () => {
  const getting = samples
    .forWithin(KEY, request(), RUN_MS - 1)
    .catch((error: unknown) => (error as Error).name);
  await test.clock.advance(100);
  client.abort();
  expect(await getting).toBe('AbortError');
  await test.clock.advance(RUN_MS);
  expect(test.clock.timerCount).toBe(0);
});

it('are waited for without an end where the client names none', async () => {
  test.docker.durationMs = 14_000;
  const getting = samples.for(KEY, request());
  await test.clock.advance(14_000);
  expect((await getting).containers).toMatchObject([{ name: 'run-1' }]);
});
