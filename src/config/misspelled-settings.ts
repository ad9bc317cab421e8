import type { Variables } from './environment.js';
import { readDefaults } from './files/defaults-file.js';

/** Many shorter names of other programs differ from a setting by only one letter. */
const MIN_LENGTH = 7;

/** Variables of the docker CLI that resemble a setting. */
const DOCKER_VARIABLES: ReadonlySet<string> = new Set(['DOCKER_HOST']);

/**
 * Finds variables whose names resemble a setting that is not set. Avoids false hits on variables of other programs: ignores
 * short names, and does not guess by the prefix `DOCKER_STATS_API_`, which Kubernetes also uses.
 *
 * @returns a message for each, with the name and never the value
 */
export function findMisspelledSettings(env: Variables): string[] {
  const settings = Object.keys(readDefaults());
  const isSet = (name: string): boolean => Boolean(env[name]);
  const missing = settings.filter((name) => !isSet(name));
  const known = new Set(settings);
  return Object.keys(env)
    .filter((name) => isSet(name) && !known.has(name) && !DOCKER_VARIABLES.has(name))
    .flatMap((name) => {
      const meant = missing.find((setting) => isMeant(name, setting));
      return meant === undefined ? [] : [`${name} is not a setting: did you mean ${meant}?`];
    });
}

function isMeant(name: string, setting: string): boolean {
  if (normalize(name) === normalize(setting)) return true;
  if (!setting.includes('_')) return false;
  return (
    toSingular(name) === toSingular(setting) ||
    isPrefix(splitWords(name), splitWords(setting)) ||
    (Math.min(name.length, setting.length) >= MIN_LENGTH && isOneEditAway(name.toUpperCase(), setting))
  );
}

/** `log_level`, `logLevel` and `LOGLEVEL` are the same. */
function normalize(name: string): string {
  return name.replaceAll(/[_-]/g, '').toUpperCase();
}

function splitWords(name: string): string[] {
  return name.toUpperCase().split(/[_-]/);
}

function toSingular(name: string): string {
  return splitWords(name)
    .map((word) => word.replace(/S$/, ''))
    .join('');
}

/** Whether a setting starts with these words, of which there must be at least two: `RATE_LIMIT`, `STATS_INTERVAL`. */
function isPrefix(words: readonly string[], setting: readonly string[]): boolean {
  return words.length > 1 && words.length < setting.length && words.every((word, n) => word === setting[n]);
}

/** Whether the names differ by one letter that is missing, added, replaced or swapped with the next one. */
function isOneEditAway(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  const [a, b] = [short.slice(start), long.slice(start)];
  if (a.length < b.length) return a === b.slice(1);
  return a.slice(1) === b.slice(1) || (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
}
