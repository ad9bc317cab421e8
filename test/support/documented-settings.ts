import { readFileSync } from 'node:fs';

interface DocumentedSetting {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The settings of `config/default.env`: each block of comment lines says what the setting below it means. */
export function documentedSettings(): DocumentedSetting[] {
  const [, ...blocks] = readFileSync('config/default.env', 'utf8').trim().split('\n\n');
  return blocks.map((block) => {
    const lines = block.split('\n');
    const [name = '', fallback = ''] = lines.at(-1)?.split('=') ?? [];
    const meaning = lines.slice(0, -1).map((line) => line.replace(/^# ?/, ''));
    return { name, fallback, meaning: meaning.join(' ') };
  });
}

/** The settings as the README's table. */
export function settingsTable(): string {
  const rows = documentedSettings().map(
    ({ name, fallback, meaning }) =>
      `| \`${name}\` | ${fallback ? `\`${fallback}\`` : 'none'} | ${meaning} |`,
  );
  return ['| name | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
