import { BadRequestException, Injectable, NotFoundException } from '@nestjs/common';
import type { KeyScope } from '../../config/api-keys/api-keys.js';
import type { Host } from '../../sampling/hosts/host.js';
import { Hosts, type HostSelection } from '../../sampling/hosts/hosts.js';
import { selectHosts } from '../../sampling/hosts/select-hosts.js';
import type { SampleReader } from '../../sampling/sampler/sample-reader.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

const NO_SUCH_HOST = 'No Docker host has this name';
const NO_VISIBLE_HOST = 'No Docker host is visible to this API key';

/** What a request needs of the samples. */
export interface SampleNeeds {
  /** Patterns of the names of the Docker hosts; `undefined` for all. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether the fields of the basic view are enough. */
  readonly isBasic?: boolean | undefined;
}

/** Finds the Docker hosts that an API key may see, and that a request selects. */
@Injectable()
export class HostSelector {
  constructor(private readonly hosts: Hosts) {}

  /** Whether responses name the hosts. */
  get areNamed(): boolean {
    return this.hosts.areNamed;
  }

  /** Whether the hosts are known without a sample. */
  get areListed(): boolean {
    return this.hosts.areListed;
  }

  /** Returns the hosts that a key may see. */
  findVisible({ hosts: visible }: KeyScope): readonly Host[] {
    if (visible === undefined || !this.areListed) return this.hosts.all;
    return this.areNamed ? selectHosts(this.hosts.all, { visible }) : [];
  }

  /**
   * Returns the hosts that a key may see and that the patterns of a request select.
   *
   * @throws {NotFoundException} if a pattern selects no such host
   * @throws {BadRequestException} if the service has a single host, but the request selects hosts
   */
  select(key: KeyScope, patterns: readonly string[] | undefined): readonly Host[] {
    const visible = this.findVisible(key);
    this.#check(visible.length > 0, patterns);
    const selected = selectHosts(visible, { selected: patterns });
    if (selected.length === 0) throw new NotFoundException(NO_SUCH_HOST);
    return selected;
  }

  /**
   * Returns the name of a host in the form of a pattern.
   *
   * @throws {NotFoundException} if there is no such host, or if the key may not see it. If the hosts are not listed,
   * {@link checkSample} finds that out.
   */
  getHost(key: KeyScope, name: string): string {
    const isKnown = this.areListed
      ? this.areNamed && this.findVisible(key).some((host) => host.name === name)
      : !/[*?]/.test(name);
    if (!isKnown) throw new NotFoundException(NO_SUCH_HOST);
    return name;
  }

  /** Returns the reader of the samples that a request needs. Errors as in {@link select}. */
  getReader(key: KeyScope, { hosts: selected, isBasic = false }: SampleNeeds): SampleReader {
    this.#check(this.findVisible(key).length > 0, selected);
    const { hosts: visible, containers, projects } = key;
    const hasBasicScope = projects === undefined; // the basic view has no projects
    const reader = this.hosts.findReader({
      visible,
      selected,
      containers,
      isBasic: isBasic && hasBasicScope,
    });
    if (reader === undefined) throw new NotFoundException(NO_SUCH_HOST);
    return reader;
  }

  /**
   * Checks that a sample has the selected hosts.
   *
   * @throws {NotFoundException} if not
   */
  checkSample({ hosts }: StatsSample, key: KeyScope, patterns: readonly string[] | undefined): void {
    if (this.areListed || hosts === undefined) return;
    assertSelected(hosts, { visible: key.hosts, selected: patterns });
  }

  #check(hasVisible: boolean, patterns: readonly string[] | undefined): void {
    if (!hasVisible) throw new NotFoundException(NO_VISIBLE_HOST);
    if (patterns !== undefined && !this.areNamed) {
      throw new BadRequestException('Query parameter "host" is allowed only if DOCKER_HOSTS is set');
    }
  }
}

/**
 * Checks that a selection has hosts.
 *
 * @throws {NotFoundException} if not
 */
export function assertSelected(hosts: readonly { readonly name: string }[], selection: HostSelection): void {
  if (selectHosts(hosts, selection).length > 0) return;
  throw new NotFoundException(selection.selected === undefined ? NO_VISIBLE_HOST : NO_SUCH_HOST);
}
