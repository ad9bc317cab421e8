import { Injectable } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { BytesInUse } from './bytes-in-use.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { StatsSampler } from '../../sampling/stats-sampler.js';
import { type JobKind, WorkQueue } from './work-queue.js';

/** Makes what is made for one API key alone: when the turn of the key comes, and of a sample that is fresh by then. */
@Injectable()
export class KeyWork {
  constructor(
    private readonly queue: WorkQueue,
    private readonly bytesInUse: BytesInUse,
    private readonly sampler: StatsSampler,
    private readonly scopes: SampleScopes,
    private readonly apiKeys: ApiKeyStore,
  ) {}

  /**
   * @param id tells what is made from all else that is made for the key
   * @param make is given what the key may see of the sample
   * @throws {HttpException} when the key has too much under way, or is no longer valid
   */
  run<T>(key: ApiKey, kind: JobKind, id: string, make: (seen: StatsSample) => Promise<T>): Promise<T> {
    this.bytesInUse.check(key);
    return this.queue.run(key, kind, id, async () => {
      const sample = await this.sampler.read();
      this.apiKeys.assertValid(key);
      return make(await this.scopes.seenBy(key, sample));
    });
  }
}
