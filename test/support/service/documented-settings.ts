import { readFileSync } from 'node:fs';

interface DocumentedSetting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Reads the settings of a file in `config`. The comment lines above a setting describe it. */
export function readDocumentedSettings(path = 'config/default.env'): DocumentedSetting[] {
  const [, ...blocks] = readFileSync(path, 'utf8').trim().split('\n\n');
  return blocks.map((block) => {
    const lines = block.split('\n');
    const [, name = '', fallback = ''] = /^(\w+)=(.*)$/.exec(lines.at(-1) ?? '') ?? [];
    const meaning = lines.slice(0, -1).map((line) => line.replace(/^# ?/, ''));
    return { name, fallback, meaning: meaning.join(' ') };
  });
}
