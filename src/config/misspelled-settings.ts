import type { Variables } from './environment.js';
import { readDefaults } from './files/defaults-file.js';

/** Shorter names are one letter away from too much. */
const MIN_LENGTH = 7;

/**
 * Variables of an environment that are no settings and look much like one that is not set. The rules leave alone what other
 * programs use: no guess at short names, none by a prefix of our own (Kubernetes sets `DOCKER_STATS_API_PORT`).
 *
 * @returns what to tell the operator of each: its name and never its value
 */
export function misspelledSettings(env: Variables): string[] {
  const settings = Object.keys(readDefaults());
  const isSet = (name: string): boolean => Boolean(env[name]);
  const missing = settings.filter((name) => !isSet(name));
  const known = new Set(settings);
  return Object.keys(env)
    .filter((name) => isSet(name) && !known.has(name))
    .flatMap((name) => {
      const meant = missing.find((setting) => isMeant(name, setting));
      return meant === undefined ? [] : [`${name} is not a setting: did you mean ${meant}?`];
    });
}

function isMeant(name: string, setting: string): boolean {
  if (lettersOf(name) === lettersOf(setting)) return true;
  if (!setting.includes('_')) return false;
  return (
    singular(name) === singular(setting) ||
    isBeginning(wordsOf(name), wordsOf(setting)) ||
    (Math.min(name.length, setting.length) >= MIN_LENGTH && isOneEditAway(name.toUpperCase(), setting))
  );
}

/** `log_level`, `logLevel` and `LOGLEVEL` are the same. */
function lettersOf(name: string): string {
  return name.replaceAll(/[_-]/g, '').toUpperCase();
}

function wordsOf(name: string): string[] {
  return name.toUpperCase().split(/[_-]/);
}

function singular(name: string): string {
  return wordsOf(name)
    .map((word) => word.replace(/S$/, ''))
    .join('');
}

/** Whether two words or more are those that a setting begins with: `RATE_LIMIT`, `STATS_INTERVAL`. */
function isBeginning(words: readonly string[], setting: readonly string[]): boolean {
  return words.length > 1 && words.length < setting.length && words.every((word, n) => word === setting[n]);
}

/** Whether one letter was left out, added, replaced, or swapped with the next one. */
function isOneEditAway(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  const [a, b] = [short.slice(start), long.slice(start)];
  if (a.length < b.length) return a === b.slice(1);
  return a.slice(1) === b.slice(1) || (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
}
