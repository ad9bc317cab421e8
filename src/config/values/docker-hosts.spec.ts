import { describe, expect, it } from 'vitest';
import { parseDockerHosts } from './docker-hosts.js';

describe('DOCKER_HOSTS', () => {
  it('is a list of contexts and URLs', () => {
    expect(
      parseDockerHosts(
        'default,web1, db-1.example=ssh://ops@db1:2222,tls=tcp://10.0.0.5:2376,local=unix:///run/a=b.sock',
      ),
    ).toEqual([
      { name: 'default' },
      { name: 'web1' },
      { name: 'db-1.example', url: 'ssh://ops@db1:2222' },
      { name: 'tls', url: 'tcp://10.0.0.5:2376' },
      { name: 'local', url: 'unix:///run/a=b.sock' },
    ]);
  });

  it('is empty if it is not set', () => {
    expect(parseDockerHosts('')).toEqual([]);
  });

  const NAME = 'must have a name of 1 to 63 letters, digits, "_", "." or "-"';
  const URL = 'must have a URL that begins with unix://, npipe://, tcp:// or ssh:// after the name';

  it.each([
    [',web1', `entry 1 ${NAME}`],
    ['web1,', `entry 2 ${NAME}`],
    ['=tcp://h:1', `entry 1 ${NAME}`],
    ['tcp://h:1', `entry 1 ${NAME}`],
    ['web*', `entry 1 ${NAME}`],
    ['-web', `entry 1 ${NAME}`],
    ['web 1', `entry 1 ${NAME}`],
    ['a'.repeat(64), `entry 1 ${NAME}`],
    ['web1=', `entry 1 ${URL}`],
    ['web1=h:2375', `entry 1 ${URL}`],
    ['web1=http://h:2375', `entry 1 ${URL}`],
    ['web1=ssh://', `entry 1 ${URL}`],
    ['web1=ssh://ops:secret@h x', `entry 1 ${URL}`],
    ['web1,db1,web1=tcp://h:1', 'entry 3 must not repeat the name of an earlier host'],
  ])('rejects %j, without its text', (text, problem) => {
    expect(parseDockerHosts(text)).toBe(problem);
  });
});
