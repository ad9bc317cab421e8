import { expect, it } from 'vitest';
import { readDocumentedSettings } from './support/service/documented-settings.js';

/** The page, from `config/default.env`. */
function formatSettingsPage(): string {
  const rows = readDocumentedSettings().map(
    ({ name, fallback, meaning }) =>
      `| \`${name}\` | ${fallback === '' ? 'none' : `\`${fallback}\``} | ${meaning} |`,
  );
  return [
    '# Settings',
    '',
    'Set environment variables, or write them into a `.env` file in the working directory. Environment variables take precedence.',
    'An empty value counts as not set.',
    '',
    'At startup, the service refuses invalid settings: it lists each with its rule, and never prints a value. It warns about names that look',
    'like a misspelled setting.',
    '',
    '<!-- prettier-ignore -->',
    '| setting | default | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
    '`npm run generate` writes this page from [`config/default.env`](../config/default.env).',
    '',
  ].join('\n');
}

it('docs/settings.md lists the settings of config/default.env', async () => {
  await expect(formatSettingsPage()).toMatchFileSnapshot('../docs/settings.md');
});
