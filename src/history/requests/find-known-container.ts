import { BadRequestException, NotFoundException } from '@nestjs/common';
import { isId } from '../../stats/selection/find-container.js';
import type { KnownContainer } from '../store/sample-history.js';

/**
 * Finds a container by full id, else by name, else by an id prefix of at least 12 characters. If several had the name, returns
 * the one seen last.
 *
 * @throws {HttpException} if there is none, or the id prefix is ambiguous
 */
export function findKnownContainer(containers: readonly KnownContainer[], reference: string): KnownContainer {
  const exact = containers.find(({ latest }) => latest.id === reference);
  if (exact !== undefined) return exact;
  const [newest] = containers
    .filter(({ latest }) => latest.name === reference)
    .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  if (newest !== undefined) return newest;
  const found = isId(reference) ? containers.filter(({ latest }) => latest.id.startsWith(reference)) : [];
  if (found.length > 1) {
    throw new BadRequestException(`Ambiguous id: ${found.length} containers match; use a longer id prefix`);
  }
  if (found[0] !== undefined) return found[0];
  throw new NotFoundException('The history has no container with this name or id');
}
