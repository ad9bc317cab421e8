import { UnauthorizedException } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHostSelector } from '../../../test/support/sampling/create-host-selector.js';
import { RUN_MS, SamplerTest } from '../../../test/support/sampling/sampler-test.js';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { readSettings } from '../../config/read-settings.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { ResponseMemoryLimit } from './response-memory-limit.js';
import { KeyJobRunner } from './key-job-runner.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import { JobQueue } from './job-queue.js';

let test: SamplerTest;
let runner: KeyJobRunner;
let memoryLimit: ResponseMemoryLimit;
let apiKeys: ApiKeyStore;
let key: ApiKey;
beforeEach(() => {
  test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' }); // no background runs
  apiKeys = new ApiKeyStore(readSettings({ API_KEYS: 'a:a-key-0123456789ab' }));
  key = apiKeys.find('a-key-0123456789ab') as ApiKey;
  memoryLimit = new ResponseMemoryLimit();
  runner = new KeyJobRunner(
    new JobQueue(),
    memoryLimit,
    createHostSelector(test),
    new SampleScopes(),
    apiKeys,
  );
});

function getNames({ containers }: StatsSample): Promise<string[]> {
  return Promise.resolve(containers.map(({ name }) => name));
}

function listNames(id: string): Promise<string[]> {
  return runner.run(key, 'selection', id, getNames, { maxStaleMs: 0 });
}

describe('KeyJobRunner', () => {
  it('runs a job on the current sample if it is fresh', async () => {
    await test.sampleNow();
    expect(await listNames('1')).toEqual(['run-1']);
  });

  it('takes a new sample if the current one became stale while the job waited', async () => {
    await test.sampleNow();
    let finish!: () => void;
    const wait = (): Promise<void> => new Promise((resolve) => (finish = resolve));
    void runner.run(key, 'selection', '1', wait, { maxStaleMs: 0 });
    const waiting = listNames('2');
    await test.clock.advance(5001);
    finish();
    await test.clock.advance(0);
    await test.clock.advance(RUN_MS);
    expect(await waiting).toEqual(['run-2']);
  });

  it('rejects a job whose key became invalid while it waited', async () => {
    const waiting = listNames('1').catch((error: unknown) => error);
    Object.assign(apiKeys, { isValid: () => false });
    await test.clock.advance(RUN_MS);
    expect(await waiting).toBeInstanceOf(UnauthorizedException);
  });

  it('rejects a job of a key with too many unread responses', async () => {
    await test.sampleNow();
    const release = memoryLimit.reserve(key, { size: 2 ** 26 });
    expect(() => listNames('1')).toThrow('Too many large responses');
    release();
    expect(await listNames('1')).toEqual(['run-1']);
  });
});
