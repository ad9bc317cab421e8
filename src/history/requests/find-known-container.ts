import { BadRequestException, NotFoundException } from '@nestjs/common';
import { isId } from '../../stats/selection/find-container.js';
import type { KnownContainer } from '../store/sample-history.js';

/**
 * Finds a container by full id, else by name, else by an id prefix of at least 12 characters. If several of a host had the name,
 * returns the one seen last.
 *
 * @throws {HttpException} if there is none, or if the reference is ambiguous
 */
export function findKnownContainer<T extends KnownContainer>(containers: readonly T[], reference: string): T {
  const byId = containers.filter(({ latest }) => latest.id === reference);
  const byName = containers
    .filter(({ latest }) => latest.name === reference)
    .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
  const byPrefix = containers.filter(({ latest }) => isId(reference) && latest.id.startsWith(reference));
  const found = [byId, byName, byPrefix].find(({ length }) => length > 0) ?? [];
  const hosts = [...new Set(found.flatMap(({ latest }) => latest.host ?? []))];
  if (hosts.length > 1) {
    throw new BadRequestException(
      `Ambiguous name or id: containers on the hosts ${hosts.join(', ')} match; ` +
        'use /hosts/HOST/containers/REFERENCE/stats/history',
    );
  }
  if (found === byPrefix && found.length > 1) {
    throw new BadRequestException(`Ambiguous id: ${found.length} containers match; use a longer id prefix`);
  }
  const [container] = found;
  if (container === undefined)
    throw new NotFoundException('The history has no container with this name or id');
  return container;
}
