import { readFileSync } from 'node:fs';

interface DocumentedSetting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Reads the settings of `config/default.env`. The comment lines above a setting describe it. */
export function readDocumentedSettings(): DocumentedSetting[] {
  const [, ...blocks] = readFileSync('config/default.env', 'utf8').trim().split('\n\n');
  return blocks.map((block) => {
    const lines = block.split('\n');
    const [name = '', fallback = ''] = lines.at(-1)?.split('=') ?? [];
    const meaning = lines.slice(0, -1).map((line) => line.replace(/^# ?/, ''));
    return { name, fallback, meaning: meaning.join(' ') };
  });
}
