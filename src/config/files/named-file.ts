import { resolve } from 'node:path';

/** What is written as a path. Anything else may be the secret itself, put into the setting that wants its file. */
function looksLikePath(text: string): boolean {
  return /^(?:\/[^/]+|\.{1,2})\//.test(text) || /^[\w/.-]+\.[a-z]{2,10}$/.test(text);
}

/** Names the file of a setting in a message: by its whole path, unless it might be no path at all. */
export function namedFile(setting: string, path: string): string {
  return looksLikePath(path) ? `${setting} (${resolve(path)})` : setting;
}
