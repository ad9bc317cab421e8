import {
  type ApiKey,
  KnownApiKeys,
  MIN_KEY_LENGTH,
  parseApiKeyLines,
  type ParsedApiKeys,
} from './api-keys.js';
import { formatFileSetting } from '../files/format-file-setting.js';
import { readSmallFile } from '../files/read-small-file.js';

/** The settings that configure API keys. */
export interface ApiKeySettings {
  readonly API_KEYS: ParsedApiKeys;
  readonly API_KEYS_FILE?: string;
  readonly isProduction: boolean;
}

/** Reads `API_KEYS_FILE` and adds its keys to those of `API_KEYS`. */
export function readApiKeys({ API_KEYS, API_KEYS_FILE, isProduction }: ApiKeySettings): ParsedApiKeys {
  const file = API_KEYS_FILE === undefined ? undefined : readApiKeysFile(API_KEYS_FILE);
  const keys = [...API_KEYS.keys];
  const problems = API_KEYS.problems.map((problem) => `API_KEYS: ${problem}`);
  const known = new KnownApiKeys(API_KEYS.keys);
  for (const key of file?.keys ?? []) {
    const problem = known.findConflict(key);
    if (problem === undefined) keys.push(key);
    else problems.push(`API_KEYS_FILE: key "${key.name}" ${problem} (in API_KEYS)`);
  }
  problems.push(...(file?.problems ?? []));
  if (isProduction) problems.push(...checkProductionRules(keys, problems));
  return { keys, problems };
}

function readApiKeysFile(path: string): ParsedApiKeys {
  try {
    const { keys, problems } = parseApiKeyLines(readSmallFile(path));
    // An empty file is probably still being written; it must not remove all keys.
    if (keys.length + problems.length === 0) {
      return { keys, problems: ['API_KEYS_FILE must contain at least one API key'] };
    }
    return { keys, problems: problems.map((problem) => `API_KEYS_FILE: ${problem}`) };
  } catch (error) {
    return {
      keys: [],
      problems: [`${formatFileSetting('API_KEYS_FILE', path)} cannot be read: ${(error as Error).message}`],
    };
  }
}

function checkProductionRules(keys: readonly ApiKey[], otherProblems: readonly string[]): string[] {
  if (keys.length === 0 && otherProblems.length === 0) {
    return ['API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production'];
  }
  return keys
    .filter(({ isShort }) => isShort)
    .map(
      ({ name }) =>
        `API key "${name}" must have at least ${MIN_KEY_LENGTH} characters when NODE_ENV is production`,
    );
}
