import { expect, it } from 'vitest';
import { readDocumentedSettings } from './support/service/documented-settings.js';

/** The table of the settings in a file of `config`. */
function formatTable(path: string): string[] {
  const rows = readDocumentedSettings(path).map(
    ({ name, fallback, meaning }) =>
      `| \`${name}\` | ${fallback === '' ? 'none' : `\`${fallback}\``} | ${meaning} |`,
  );
  return ['<!-- prettier-ignore -->', '| setting | default | meaning |', '| --- | --- | --- |', ...rows];
}

/** The page, from `config/default.env` and `config/prometheus.env`. */
function formatSettingsPage(): string {
  return [
    '# Settings',
    '',
    'Set environment variables, or write them into a `.env` file in the working directory. Environment variables take precedence.',
    'An empty value counts as not set.',
    '',
    'At startup, the service refuses invalid settings: it lists each with its rule, and never prints a value. It warns about names that look',
    'like a misspelled setting.',
    '',
    ...formatTable('config/default.env'),
    '',
    'With `STATS_SOURCE=prometheus` ([fleet](fleet.md)), these defaults differ:',
    '',
    ...formatTable('config/prometheus.env'),
    '',
    '`npm run generate` writes this page from [`config/default.env`](../config/default.env) and',
    '[`config/prometheus.env`](../config/prometheus.env).',
    '',
  ].join('\n');
}

it('docs/settings.md lists the settings of config/default.env and config/prometheus.env', async () => {
  await expect(formatSettingsPage()).toMatchFileSnapshot('../docs/settings.md');
});
