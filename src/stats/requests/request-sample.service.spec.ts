import { UnauthorizedException } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHostSelector } from '../../../test/support/sampling/create-host-selector.js';
import { RUN_MS, SamplerTest } from '../../../test/support/sampling/sampler-test.js';
import { type ApiKey, hashKey } from '../../config/api-keys/api-keys.js';
import { RequestSampleService } from './request-sample.service.js';
import type { SampleRequest } from './sample-request.js';
import { SampleScopes } from '../selection/sample-scopes.js';

const KEY: ApiKey = { name: 'test', digest: hashKey('test'), isShort: false };

let test: SamplerTest;
let samples: RequestSampleService;
let client: AbortController;
let isValid: boolean;
beforeEach(() => {
  isValid = true;
  test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' }); // no background runs
  samples = new RequestSampleService(
    createHostSelector(test),
    new SampleScopes(),
    { assertValid },
    test.clock,
  );
  client = new AbortController();
});

function request(): SampleRequest {
  return {
    hosts: undefined,
    maxAgeMs: undefined,
    maxStaleMs: 0,
    onlyIfCached: false,
    address: '192.0.2.1',
    createCloseSignal: () => client.signal,
  };
}

function assertValid(): void {
  if (!isValid) throw new UnauthorizedException();
}

describe('RequestSampleService', () => {
  it('refuses a key that is revoked while its request waits', async () => {
    const pending = samples.getSample(KEY, request()).catch((error: unknown) => error);
    isValid = false;
    await test.clock.advance(RUN_MS);
    expect(await pending).toBeInstanceOf(UnauthorizedException);
  });

  it('returns a sample taken within the timeout, and leaves no timer', async () => {
    const pending = samples.getSampleWithin(KEY, request(), RUN_MS + 1);
    await test.clock.advance(RUN_MS);
    expect((await pending)?.containers).toMatchObject([{ name: 'run-1' }]);
    expect(test.clock.timerCount).toBe(0);
  });

  it('returns undefined after the timeout', async () => {
    const pending = samples.getSampleWithin(KEY, request(), RUN_MS - 1);
    await test.clock.advance(RUN_MS - 1);
    expect(await pending).toBeUndefined();
  });

  it('stops waiting if the client disconnects', async () => {
    const pending = samples
      .getSampleWithin(KEY, request(), RUN_MS - 1)
      .catch((error: unknown) => (error as Error).name);
    await test.clock.advance(100);
    client.abort();
    expect(await pending).toBe('AbortError');
    await test.clock.advance(RUN_MS);
    expect(test.clock.timerCount).toBe(0);
  });

  it('waits as long as docker takes if there is no timeout', async () => {
    test.docker.durationMs = 14_000;
    const pending = samples.getSample(KEY, request());
    await test.clock.advance(14_000);
    expect((await pending).containers).toMatchObject([{ name: 'run-1' }]);
  });
});
