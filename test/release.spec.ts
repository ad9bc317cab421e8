import { describe, expect, it } from 'vitest';
import { readSection, readUnreleased, releaseUnreleased } from '../release/changelog.mjs';
import { listImageTags } from '../release/image.mjs';
import { chooseVersion } from '../release/versions.mjs';

const CHANGELOG = `# Changelog

## Unreleased

- Something new.

### Changed

- Something else.

## 0.1.0 - 2026-01-31

- The first version.
`;

describe('Version of a release', () => {
  it.each([
    [undefined, '1.9.3'],
    ['patch', '1.9.4'],
    ['minor', '1.10.0'],
    ['major', '2.0.0'],
    ['1.9.3', '1.9.3'],
    ['1.10.0', '1.10.0'],
    ['10.0.0', '10.0.0'],
  ])('for %s after 1.9.3 is %s', (wanted, version) => {
    expect(chooseVersion('1.9.3', wanted)).toBe(version);
  });

  it.each(['1.9.2', '1.8.9', '0.10.0'])('cannot be %s after 1.9.3', (wanted) => {
    expect(() => chooseVersion('1.9.3', wanted)).toThrow(
      `The version ${wanted} is lower than the current version, 1.9.3.`,
    );
  });

  it.each(['v2.0.0', '2.0', '2.0.0.', '2.0.0-rc.1', '02.0.0', '2.0.0 ', 'next', ''])(
    'cannot be "%s"',
    (wanted) => {
      expect(() => chooseVersion('1.9.3', wanted)).toThrow(`"${wanted}" is not a version`);
    },
  );
});

describe('Changelog of a release', () => {
  it('has the entries of "Unreleased", which is empty afterwards', () => {
    const released = releaseUnreleased(CHANGELOG, '0.2.0', '2026-12-31');
    expect(readUnreleased(released)).toBe('');
    expect(readSection(released, '## 0.2.0')).toBe(readUnreleased(CHANGELOG));
    expect(released).toContain('\n## Unreleased\n\n## 0.2.0 - 2026-12-31\n\n- Something new.\n');
    expect(readSection(released, '## 0.1.0')).toBe('- The first version.');
  });

  it('has no section of another version that starts with the same digits', () => {
    expect(readSection(CHANGELOG, '## 0.1')).toBe('');
  });
});

describe('Tags of the image', () => {
  it('include the major version from 1.0 on', () => {
    expect(listImageTags('example.org/x', '0.3.1')).toEqual(
      ['0.3.1', '0.3', 'latest'].map((tag) => `example.org/x:${tag}`),
    );
    expect(listImageTags('x', '2.3.1')).toEqual(['x:2.3.1', 'x:2.3', 'x:2', 'x:latest']);
  });
});
