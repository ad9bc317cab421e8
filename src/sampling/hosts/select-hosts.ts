import { matchesPattern } from '../pattern.js';
import type { HostSelection } from './hosts.js';

/** Whether one of the patterns matches a name; without patterns, every name matches. */
export function matchesAny(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns === undefined || patterns.some((pattern) => matchesPattern(pattern, name));
}

/** Returns the selected hosts, in their order. Returns none if a pattern of the request selects no visible host. */
export function selectHosts<T extends { readonly name: string }>(
  hosts: readonly T[],
  { visible, selected }: HostSelection,
): readonly T[] {
  const found = hosts.filter(({ name }) => matchesAny(visible, name));
  const isComplete = selected?.every((pattern) => found.some(({ name }) => matchesPattern(pattern, name)));
  return isComplete === false ? [] : found.filter(({ name }) => matchesAny(selected, name));
}
