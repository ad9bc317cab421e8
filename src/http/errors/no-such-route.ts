import { NotFoundException } from '@nestjs/common';
import type { Settings } from '../../config/settings.js';

/** Where to go from paths that are easily guessed. */
const HINTS: readonly (readonly [path: RegExp, hint: string])[] = [
  [/^\/containers\/?$/i, 'for all containers, use /stats?view=full'],
  [/^\/containers\/[^/]+\/?$/i, 'for one container, use /containers/{name or id}/stats'],
];

/** An unknown path, with a hint where there is one, and no word of the path itself: a key may have got into it. */
export function noSuchRoute({ DOCS }: Pick<Settings, 'DOCS'>, path: string): NotFoundException {
  const [, hint] = HINTS.find(([pattern]) => pattern.test(path)) ?? [];
  const next = hint ?? (DOCS ? 'see /docs' : undefined);
  return new NotFoundException(next === undefined ? 'No such route' : `No such route; ${next}`);
}
