import { Injectable } from '@nestjs/common';
import type { SkippedRow } from 'docker-stats-client';
import { isId } from './find-container.js';
import { selectByName } from './select-by-name.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** The scope of an API key. */
export interface ContainerScope {
  /** Name patterns of the visible containers; without patterns, all are visible. */
  readonly containers?: readonly string[];
}

/** Restricts samples to the containers that an API key may see; caches the result per sample and scope. */
@Injectable()
export class SampleScopes {
  readonly #parts = new WeakMap<StatsSample, Map<string, Promise<StatsSample>>>();

  /** Returns the sample without the containers that the key may not see. */
  applyScope(
    { containers: patterns }: ContainerScope,
    sample: StatsSample,
  ): StatsSample | Promise<StatsSample> {
    if (patterns === undefined) return sample;
    let parts = this.#parts.get(sample);
    if (parts === undefined) {
      parts = new Map();
      this.#parts.set(sample, parts);
    }
    const scope = patterns.join('|');
    let part = parts.get(scope);
    if (part === undefined) {
      part = restrict(sample, patterns);
      parts.set(scope, part);
    }
    return part;
  }
}

async function restrict(whole: StatsSample, patterns: readonly string[]): Promise<StatsSample> {
  const slices = new TimeSlices('shared');
  return {
    ...whole,
    containers: await selectByName(whole.containers, patterns, ({ name }) => name, slices),
    skipped: await selectByName(whole.skipped, patterns, findName, slices),
    partOf: { whole, scope: patterns.join('|') },
  };
}

/** A row that has only an id matches no pattern: its name is unknown. */
function findName({ container }: SkippedRow): string | undefined {
  return container === null || isId(container) ? undefined : container;
}
