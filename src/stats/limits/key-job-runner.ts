import { Injectable } from '@nestjs/common';
import { ApiKeyStore } from '../../auth/api-key-store.js';
import type { ApiKey } from '../../config/api-keys/api-keys.js';
import { ResponseMemoryLimit } from './response-memory-limit.js';
import { HostSelector, type SampleNeeds } from '../selection/host-selector.js';
import { SampleScopes } from '../selection/sample-scopes.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { type JobKind, JobQueue } from './job-queue.js';

/** Runs jobs that serve a single API key: queued per key, each on a sample that is fresh enough when the job starts. */
@Injectable()
export class KeyJobRunner {
  constructor(
    private readonly queue: JobQueue,
    private readonly memoryLimit: ResponseMemoryLimit,
    private readonly hosts: HostSelector,
    private readonly scopes: SampleScopes,
    private readonly apiKeys: ApiKeyStore,
  ) {}

  /**
   * @param id identifies the result among all jobs of the key
   * @param make receives the part of the sample that the key may see
   * @param options how stale the sample may be, and what the job needs of it
   * @throws {HttpException} if the key has too many waiting jobs or unread responses, or is no longer valid
   */
  run<T>(
    key: ApiKey,
    kind: JobKind,
    id: string,
    make: (visible: StatsSample) => Promise<T>,
    { maxStaleMs, ...needs }: SampleNeeds & { readonly maxStaleMs: number },
  ): Promise<T> {
    this.memoryLimit.assertBelowLimit(key);
    return this.queue.run(key, kind, maxStaleMs === 0 ? id : `${id} stale ${maxStaleMs}`, async () => {
      const reader = this.hosts.getReader(key, needs);
      const sample = reader.findSample({ maxStaleMs }) ?? (await reader.waitForSample());
      this.apiKeys.assertValid(key);
      this.hosts.checkSample(sample, key, needs.hosts);
      return make(await this.scopes.applyScope(key, sample));
    });
  }
}
