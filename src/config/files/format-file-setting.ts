import { resolve } from 'node:path';

/** Whether a value looks like a path. If not, it may be a secret that was put into the setting by mistake. */
function looksLikePath(text: string): boolean {
  return /^(?:\/[^/]+|\.{1,2})\//.test(text) || /^[\w/.-]+\.[a-z]{2,10}$/.test(text);
}

/** Formats the setting for a message, with the absolute path of its file unless the value may be a secret. */
export function formatFileSetting(setting: string, path: string): string {
  return looksLikePath(path) ? `${setting} (${resolve(path)})` : setting;
}
