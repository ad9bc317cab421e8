import { describe, expect, it } from 'vitest';
import { parseDockerPs } from './parse-docker-ps.js';

const ID = '0123456789ab'.padEnd(64, '0');

describe('parseDockerPs', () => {
  it.each([
    ['an id', ID],
    ['the first 12 digits of it', '0123456789ab'],
  ])('tells the state of a running container by %s', (_what, id) => {
    expect(parseDockerPs(`${'f'.repeat(64)} running\n${ID} paused\n`)?.stateOf(id)).toBe('paused');
    expect(parseDockerPs('0123456789ab paused\n')?.stateOf(id)).toBe('paused');
  });

  it('knows no state of a container that does not run', () => {
    expect(parseDockerPs(`${ID} running\n`)?.stateOf('f'.repeat(64))).toBeUndefined();
    expect(parseDockerPs('')?.stateOf(ID)).toBeUndefined();
  });

  it.each(['CONTAINER ID\n', `${ID} running\nwarning: x\n`, '28.2.2\n', `${ID}\n`])(
    'gives nothing for text that is not its own: %j',
    (stdout) => expect(parseDockerPs(stdout)).toBeUndefined(),
  );
});
