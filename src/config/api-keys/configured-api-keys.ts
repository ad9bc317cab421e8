import {
  type ApiKey,
  KnownApiKeys,
  MIN_KEY_LENGTH,
  parseApiKeyLines,
  type ParsedApiKeys,
} from './api-keys.js';
import { namedFile } from '../files/named-file.js';
import { readSmallFile } from '../files/read-small-file.js';

/** The settings that say which keys there are. */
export interface ApiKeySettings {
  readonly API_KEYS: ParsedApiKeys;
  readonly API_KEYS_FILE?: string;
  readonly isProduction: boolean;
}

/** The keys of `API_KEYS` and of the `API_KEYS_FILE` as it is now, and all that is wrong with them. */
export function configuredApiKeys({ API_KEYS, API_KEYS_FILE, isProduction }: ApiKeySettings): ParsedApiKeys {
  const file = API_KEYS_FILE === undefined ? undefined : readApiKeysFile(API_KEYS_FILE);
  const keys = [...API_KEYS.keys];
  const faults = API_KEYS.faults.map((fault) => `API_KEYS: ${fault}`);
  const known = new KnownApiKeys(API_KEYS.keys);
  for (const key of file?.keys ?? []) {
    const fault = known.faultOf(key);
    if (fault === undefined) keys.push(key);
    else faults.push(`API_KEYS_FILE: key "${key.name}" ${fault}, in API_KEYS`);
  }
  faults.push(...(file?.faults ?? []));
  if (isProduction) faults.push(...productionFaults(keys, faults));
  return { keys, faults };
}

function readApiKeysFile(path: string): ParsedApiKeys {
  try {
    const { keys, faults } = parseApiKeyLines(readSmallFile(path));
    // An empty file is one that somebody is about to write.
    if (keys.length + faults.length === 0) return { keys, faults: ['API_KEYS_FILE must hold a key'] };
    return { keys, faults: faults.map((fault) => `API_KEYS_FILE: ${fault}`) };
  } catch (error) {
    return {
      keys: [],
      faults: [`${namedFile('API_KEYS_FILE', path)} cannot be read: ${(error as Error).message}`],
    };
  }
}

function productionFaults(keys: readonly ApiKey[], otherFaults: readonly string[]): string[] {
  if (keys.length === 0 && otherFaults.length === 0) {
    return ['API_KEYS or API_KEYS_FILE must be set when NODE_ENV is production'];
  }
  return keys
    .filter(({ isShort }) => isShort)
    .map(
      ({ name }) =>
        `API key "${name}" must have ${MIN_KEY_LENGTH} characters or more when NODE_ENV is production`,
    );
}
