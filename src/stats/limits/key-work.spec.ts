import { UnauthorizedException } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { RUN_MS, SamplerTest } from '../../../test/support/sampler-test.js';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { readSettings } from '../../config/read-settings.js';
import { BytesInUse } from './bytes-in-use.js';
import { KeyWork } from './key-work.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import { WorkQueue } from './work-queue.js';

let test: SamplerTest;
let work: KeyWork;
let bytesInUse: BytesInUse;
let apiKeys: ApiKeyStore;
let key: ApiKey;
beforeEach(() => {
  test = new SamplerTest({ STATS_IDLE_AFTER_MS: '0' }); // no run but those that somebody waits for
  apiKeys = new ApiKeyStore(readSettings({ API_KEYS: 'a:a-key-0123456789ab' }));
  key = apiKeys.find('a-key-0123456789ab') as ApiKey;
  bytesInUse = new BytesInUse();
  work = new KeyWork(new WorkQueue(), bytesInUse, test.sampler, new SampleScopes(), apiKeys);
});

function namesOf(id: string): Promise<string[]> {
  return work.run(key, 'selection', id, ({ containers }) =>
    Promise.resolve(containers.map(({ name }) => name)),
  );
}

describe('KeyWork', () => {
  it('makes what is asked for of the sample at hand while that is fresh', async () => {
    await test.sampleNow();
    expect(await namesOf('1')).toEqual(['run-1']);
  });

  it('waits for a new sample when the one at hand became too old while the work waited', async () => {
    await test.sampleNow();
    let finish!: () => void;
    void work.run(key, 'selection', '1', () => new Promise<void>((resolve) => (finish = resolve)));
    const waiting = namesOf('2');
    await test.clock.advance(5001);
    finish();
    await test.clock.advance(0);
    await test.clock.advance(RUN_MS);
    expect(await waiting).toEqual(['run-2']);
  });

  it('makes nothing for a key that became invalid while the work waited', async () => {
    const waiting = namesOf('1').catch((error: unknown) => error);
    Object.assign(apiKeys, { isValid: () => false });
    await test.clock.advance(RUN_MS);
    expect(await waiting).toBeInstanceOf(UnauthorizedException);
  });

  it('makes nothing for a key that has too much under way', async () => {
    await test.sampleNow();
    const release = bytesInUse.use(key, { size: 2 ** 26 });
    expect(() => namesOf('1')).toThrow('Too many large responses');
    release();
    expect(await namesOf('1')).toEqual(['run-1']);
  });
});
