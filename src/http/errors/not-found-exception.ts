import { NotFoundException } from '@nestjs/common';
import type { Settings } from '../../config/settings.js';

/** Hints for unknown paths that clients are likely to try. */
const HINTS: readonly (readonly [path: RegExp, hint: string])[] = [
  [/^\/containers\/?$/i, 'for all containers, use /stats?view=full'],
  [/^\/containers\/[^/]+\/?$/i, 'for one container, use /containers/{name or id}/stats'],
];

/** The `404` of an unknown path, with a hint if there is one. It never repeats the path, which may contain a key. */
export function createNotFoundException({ DOCS }: Pick<Settings, 'DOCS'>, path: string): NotFoundException {
  const [, hint] = HINTS.find(([pattern]) => pattern.test(path)) ?? [];
  const next = hint ?? (DOCS ? 'see /docs' : undefined);
  return new NotFoundException(next === undefined ? 'No such route' : `No such route; ${next}`);
}
