import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { parseDockerPs } from './parse-docker-ps.js';

const ID = '0123456789ab'.padEnd(64, '0');
const OTHER = 'f'.repeat(64);

describe('parseDockerPs', () => {
  it.each([
    ['its full id', ID],
    ['the first 12 digits of its id', '0123456789ab'],
  ])('finds a running container by %s', async (_what, id) => {
    for (const listed of [ID, '0123456789ab']) {
      const running = await parseDockerPs(
        `${OTHER} Up 5 minutes (Paused)\n${listed} Restarting (1) 3 seconds ago\n`,
      );
      expect(running?.has(id)).toBe(true);
      expect(running?.isRestarting(id)).toBe(true);
    }
    expect((await parseDockerPs(`${ID} Up Less than a second\n`))?.isRestarting(id)).toBe(false);
  });

  it('does not find a container that is not running', async () => {
    for (const stdout of [`${ID} Up 2 days\n`, '']) {
      const running = await parseDockerPs(stdout);
      expect(running?.has(OTHER)).toBe(false);
      expect(running?.isRestarting(OTHER)).toBe(false);
    }
  });

  it('parses the output of the fake docker CLI of the demo', async () => {
    const stdout = execFileSync('demo/docker.mjs', ['ps', '--no-trunc', '--format', '{{.ID}} {{.Status}}']);
    expect((await parseDockerPs(stdout.toString()))?.has('0001'.repeat(16))).toBe(true);
  });

  it.each([
    ['containers', `${ID} Up 2 days\n`.repeat(100_000)],
    ['blank lines', '\n'.repeat(5_000_000)],
  ])('does not block the event loop while it parses many %s', async (_what, stdout) => {
    expect(await countTurns(() => parseDockerPs(stdout))).toBeGreaterThan(1);
  });

  it.each(['CONTAINER ID\n', `${ID} Up 1 second\nwarning: x\n`, '28.2.2\n', `${ID}\n`, '{"ID":"x"}\n'])(
    'returns undefined for output in another format: %j',
    async (stdout) => expect(await parseDockerPs(stdout)).toBeUndefined(),
  );
});
