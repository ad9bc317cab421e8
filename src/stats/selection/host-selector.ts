import { BadRequestException, Injectable, NotFoundException } from '@nestjs/common';
import type { KeyScope } from '../../config/api-keys/api-keys.js';
import type { Host } from '../../sampling/hosts/host.js';
import { Hosts } from '../../sampling/hosts/hosts.js';
import type { SampleReader } from '../../sampling/sampler/sample-reader.js';
import { matchesPattern } from './pattern.js';

const NO_SUCH_HOST = 'No Docker host has this name';

/** Finds the Docker hosts that an API key may see, and that a request selects. */
@Injectable()
export class HostSelector {
  constructor(private readonly hosts: Hosts) {}

  /** Whether responses name the hosts. */
  get areNamed(): boolean {
    return this.hosts.areNamed;
  }

  /** Returns the hosts that a key may see. */
  findVisible({ hosts: patterns }: KeyScope): readonly Host[] {
    if (patterns === undefined) return this.hosts.all;
    if (!this.hosts.areNamed) return [];
    return this.hosts.all.filter(({ name }) => patterns.some((pattern) => matchesPattern(pattern, name)));
  }

  /**
   * Returns the hosts that a key may see and that the patterns of a request select.
   *
   * @throws {NotFoundException} if a pattern selects no such host
   * @throws {BadRequestException} if `DOCKER_HOSTS` is not set, but the request selects hosts
   */
  select(key: KeyScope, patterns: readonly string[] | undefined): readonly Host[] {
    const visible = this.findVisible(key);
    if (visible.length === 0) throw new NotFoundException('No Docker host is visible to this API key');
    if (patterns === undefined) return visible;
    if (!this.hosts.areNamed) {
      throw new BadRequestException('Query parameter "host" is allowed only if DOCKER_HOSTS is set');
    }
    const selected = new Set<Host>();
    for (const pattern of patterns) {
      const found = visible.filter(({ name }) => matchesPattern(pattern, name));
      if (found.length === 0) throw new NotFoundException(NO_SUCH_HOST);
      found.forEach((host) => selected.add(host));
    }
    return visible.filter((host) => selected.has(host));
  }

  /**
   * Returns a host by its exact name.
   *
   * @throws {NotFoundException} if there is none, or if the key may not see it
   */
  getHost(key: KeyScope, name: string): Host {
    const host = this.hosts.areNamed ? this.findVisible(key).find((one) => one.name === name) : undefined;
    if (host === undefined) throw new NotFoundException(NO_SUCH_HOST);
    return host;
  }

  /** Returns the reader of the samples of the selected hosts. Parameters and errors as in {@link select}. */
  getReader(key: KeyScope, patterns: readonly string[] | undefined): SampleReader {
    return this.hosts.getReader(this.select(key, patterns));
  }
}
