const UNRELEASED = '## Unreleased';

/**
 * Returns the text of a section, without its heading. Empty if the section does not exist.
 *
 * @param {string} changelog
 * @param {string} heading The start of its heading, such as `## 0.2.0`
 * @returns {string}
 */
export function readSection(changelog, heading) {
  const lines = changelog.split('\n');
  const start = lines.findIndex((line) => line === heading || line.startsWith(`${heading} `));
  if (start === -1) return '';
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(start + 1, length === -1 ? undefined : start + 1 + length)
    .join('\n')
    .trim();
}

/**
 * Returns the text of the section "Unreleased".
 *
 * @param {string} changelog
 * @returns {string}
 */
export function readUnreleased(changelog) {
  return readSection(changelog, UNRELEASED);
}

/**
 * Moves the entries of the section "Unreleased" to a section for this version.
 *
 * @param {string} changelog
 * @param {string} version
 * @param {string} date Such as `2026-12-31`
 * @returns {string}
 */
export function releaseUnreleased(changelog, version, date) {
  return changelog.replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## ${version} - ${date}\n`);
}
