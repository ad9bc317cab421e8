import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { turnsDuring } from '../../test/support/turns.js';
import { parseDockerPs } from './parse-docker-ps.js';

const ID = '0123456789ab'.padEnd(64, '0');
const OTHER = 'f'.repeat(64);

describe('parseDockerPs', () => {
  it.each([
    ['an id', ID],
    ['the first 12 digits of it', '0123456789ab'],
  ])('tells what runs by %s', async (_what, id) => {
    for (const listed of [ID, '0123456789ab']) {
      const running = await parseDockerPs(
        `${OTHER} Up 5 minutes (Paused)\n${listed} Restarting (1) 3 seconds ago\n`,
      );
      expect(running?.has(id)).toBe(true);
      expect(running?.isRestarting(id)).toBe(true);
    }
    expect((await parseDockerPs(`${ID} Up Less than a second\n`))?.isRestarting(id)).toBe(false);
  });

  it('does not know a container that does not run', async () => {
    for (const stdout of [`${ID} Up 2 days\n`, '']) {
      const running = await parseDockerPs(stdout);
      expect(running?.has(OTHER)).toBe(false);
      expect(running?.isRestarting(OTHER)).toBe(false);
    }
  });

  it('reads what the stand-in of the demo prints', async () => {
    const stdout = execFileSync('demo/docker.mjs', ['ps', '--no-trunc', '--format', '{{.ID}} {{.Status}}']);
    expect((await parseDockerPs(stdout.toString()))?.has('0001'.repeat(16))).toBe(true);
  });

  it.each([
    ['containers', `${ID} Up 2 days\n`.repeat(100_000)],
    ['blank lines', '\n'.repeat(5_000_000)],
  ])('lets the event loop have its turn while it reads many %s', async (_what, stdout) => {
    expect(await turnsDuring(() => parseDockerPs(stdout))).toBeGreaterThan(1);
  });

  it.each(['CONTAINER ID\n', `${ID} Up 1 second\nwarning: x\n`, '28.2.2\n', `${ID}\n`, '{"ID":"x"}\n'])(
    'gives nothing for text that is not its own: %j',
    async (stdout) => expect(await parseDockerPs(stdout)).toBeUndefined(),
  );
});
