import { Injectable } from '@nestjs/common';
import type { SkippedRow } from 'docker-stats-client';
import { isId } from './find-container.js';
import { selectByName } from './select-by-name.js';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { TimeSlices } from '../../sampling/time-slices.js';

/** Whose eyes a sample is for: an API key. */
export interface Viewer {
  /** Patterns of the names of the containers that it may see; all, without them. */
  readonly containers?: readonly string[];
}

/** Makes of each sample the part that an API key may see, once for each scope. */
@Injectable()
export class SampleScopes {
  readonly #parts = new WeakMap<StatsSample, Map<string, Promise<StatsSample>>>();

  /** The sample as if there were no containers but those that the viewer may see. */
  seenBy({ containers: patterns }: Viewer, sample: StatsSample): StatsSample | Promise<StatsSample> {
    if (patterns === undefined) return sample;
    let parts = this.#parts.get(sample);
    if (parts === undefined) {
      parts = new Map();
      this.#parts.set(sample, parts);
    }
    const scope = patterns.join('|');
    let part = parts.get(scope);
    if (part === undefined) {
      part = partOf(sample, patterns);
      parts.set(scope, part);
    }
    return part;
  }
}

async function partOf(whole: StatsSample, patterns: readonly string[]): Promise<StatsSample> {
  const slices = new TimeSlices('shared');
  return {
    ...whole,
    containers: await selectByName(whole.containers, patterns, ({ name }) => name, slices),
    skipped: await selectByName(whole.skipped, patterns, nameOf, slices),
    partOf: { whole, scope: patterns.join('|') },
  };
}

/** Where docker gives the id alone, nobody knows whether the name would match. */
function nameOf({ container }: SkippedRow): string | undefined {
  return container === null || isId(container) ? undefined : container;
}
