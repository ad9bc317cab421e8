import { Injectable } from '@nestjs/common';
import type { SkippedRow } from 'docker-stats-client';
import type { KeyScope } from '../../config/api-keys/api-keys.js';
import { isId } from './find-container.js';
import { applyFilter, type ContainerFilter, hasPatterns } from './container-filter.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** Returns the scope of a key as a filter. */
export function toFilter({ containers, projects, hosts }: KeyScope): ContainerFilter {
  return { name: containers, project: projects, host: hosts };
}

/** Restricts samples to the containers that an API key may see; caches the result per sample and scope. */
@Injectable()
export class SampleScopes {
  readonly #parts = new WeakMap<StatsSample, Map<string, Promise<StatsSample>>>();

  /** Returns the sample without the containers that the key may not see. */
  applyScope(key: KeyScope, sample: StatsSample): StatsSample | Promise<StatsSample> {
    const filter = toFilter(key);
    if (!hasPatterns(filter)) return sample;
    let parts = this.#parts.get(sample);
    if (parts === undefined) {
      parts = new Map();
      this.#parts.set(sample, parts);
    }
    const scope = JSON.stringify(filter);
    let part = parts.get(scope);
    if (part === undefined) {
      part = restrict(sample, filter, scope);
      parts.set(scope, part);
    }
    return part;
  }
}

async function restrict(whole: StatsSample, filter: ContainerFilter, scope: string): Promise<StatsSample> {
  const slices = new TimeSlices('shared');
  return {
    ...whole,
    containers: await applyFilter(whole.containers, filter, (container) => container, slices),
    skipped: await applyFilter(whole.skipped, filter, toFilterable, slices),
    partOf: { whole, scope },
  };
}

/** A row that has only an id matches no pattern: its name is unknown. */
function toFilterable({ host, container, project }: SkippedRow): {
  host: string | undefined;
  name: string | null;
  project: string | null;
} {
  return { host, name: container === null || isId(container) ? null : container, project };
}
