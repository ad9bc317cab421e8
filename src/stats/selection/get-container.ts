import { BadRequestException, NotFoundException } from '@nestjs/common';
import type { ContainerStats } from 'docker-stats-client';
import type { StatsSample } from '../../sampling/stats-sample.js';
import { findContainer } from './find-container.js';

/** How many hosts a message names. */
const MAX_NAMES = 10;

/** Looks like an id prefix, but is too short. */
const SHORT_ID = /^[\da-f]{1,11}$/i;

/**
 * Finds a container by id, name or id prefix.
 *
 * @throws {BadRequestException} if several containers match
 * @throws {NotFoundException} if none matches, or if it has no figures
 */
export function getContainer(sample: StatsSample, reference: string): ContainerStats {
  const found = findContainer(sample, reference);
  switch (found.kind) {
    case 'one':
      return found.container;
    case 'several':
      throw new BadRequestException(describeAmbiguity(found.containers));
    case 'skipped':
      throw new NotFoundException(`Docker gives no figures for this container: ${found.row.reason}`);
    case 'none':
      throw new NotFoundException(describeAbsence(sample, reference));
  }
}

function describeAmbiguity(containers: readonly ContainerStats[]): string {
  const hosts = [...new Set(containers.flatMap(({ host }) => host ?? []))];
  const start = `Ambiguous name or id: ${containers.length} containers match`;
  return hosts.length > 1
    ? `${start}, on the hosts ${listNames(hosts)}; use /hosts/HOST/containers/REFERENCE/stats`
    : `${start}; use a longer id prefix`;
}

function describeAbsence({ hosts = [] }: StatsSample, reference: string): string {
  const hint = SHORT_ID.test(reference) ? '; an id prefix needs at least 12 characters' : '';
  const silent = hosts.flatMap(({ name, failure }) => (failure === undefined ? [] : name));
  const doubt = silent.length === 0 ? '' : `. These hosts have no figures now: ${listNames(silent)}`;
  return `No running container has this name or id${hint}${doubt}`;
}

function listNames(hosts: readonly string[]): string {
  const others = hosts.length > MAX_NAMES ? ` and ${hosts.length - MAX_NAMES} more` : '';
  return hosts.slice(0, MAX_NAMES).join(', ') + others;
}
