import type { Hosts } from '../../../src/sampling/hosts/hosts.js';
import { HostSelector } from '../../../src/stats/selection/host-selector.js';

/** Creates the selector of the hosts of a test. */
export function createHostSelector({ hosts }: { readonly hosts: Hosts }): HostSelector {
  return new HostSelector(hosts);
}
