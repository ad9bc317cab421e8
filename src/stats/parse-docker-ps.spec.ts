import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseDockerPs } from './parse-docker-ps.js';

const ID = '0123456789ab'.padEnd(64, '0');
const OTHER = 'f'.repeat(64);

describe('parseDockerPs', () => {
  it.each([
    ['an id', ID],
    ['the first 12 digits of it', '0123456789ab'],
  ])('tells what runs by %s', (_what, id) => {
    for (const listed of [ID, '0123456789ab']) {
      const running = parseDockerPs(
        `${OTHER} Up 5 minutes (Paused)\n${listed} Restarting (1) 3 seconds ago\n`,
      );
      expect(running?.has(id)).toBe(true);
      expect(running?.isRestarting(id)).toBe(true);
    }
    expect(parseDockerPs(`${ID} Up Less than a second\n`)?.isRestarting(id)).toBe(false);
  });

  it('does not know a container that does not run', () => {
    for (const stdout of [`${ID} Up 2 days\n`, '']) {
      const running = parseDockerPs(stdout);
      expect(running?.has(OTHER)).toBe(false);
      expect(running?.isRestarting(OTHER)).toBe(false);
    }
  });

  it('reads what the stand-in of the demo prints', () => {
    const stdout = execFileSync('demo/docker.mjs', ['ps', '--no-trunc', '--format', '{{.ID}} {{.Status}}']);
    expect(parseDockerPs(stdout.toString())?.has('0001'.repeat(16))).toBe(true);
  });

  it.each(['CONTAINER ID\n', `${ID} Up 1 second\nwarning: x\n`, '28.2.2\n', `${ID}\n`, '{"ID":"x"}\n'])(
    'gives nothing for text that is not its own: %j',
    (stdout) => expect(parseDockerPs(stdout)).toBeUndefined(),
  );
});
