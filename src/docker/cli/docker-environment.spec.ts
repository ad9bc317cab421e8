import { describe, expect, it } from 'vitest';
import type { DockerHost } from '../../config/values/docker-hosts.js';
import { pickDockerEnvironment } from './docker-environment.js';

const OWN = { PATH: '/bin', HOME: '/h', SSH_AUTH_SOCK: 's' };
const TLS = { DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
const ENVIRONMENT = { ...OWN, ...TLS, DOCKER_HOST: 'tcp://other:2376', DOCKER_CONTEXT: 'other' };

describe('The environment of the docker CLI', () => {
  it.each<[string, DockerHost, object]>([
    ['a context has nothing of other hosts', { name: 'web1' }, OWN],
    [
      'the default context has the address in DOCKER_HOST',
      { name: 'default' },
      { ...OWN, ...TLS, DOCKER_HOST: 'tcp://other:2376' },
    ],
    [
      'a TCP address has the TLS settings',
      { name: 'db1', url: 'tcp://db1:2376' },
      { ...OWN, ...TLS, DOCKER_HOST: 'tcp://db1:2376' },
    ],
    [
      'an SSH address has no TLS settings',
      { name: 'web1', url: 'ssh://web1' },
      { ...OWN, DOCKER_HOST: 'ssh://web1' },
    ],
    [
      'a socket has no TLS settings',
      { name: 'default', url: 'unix:///s' },
      { ...OWN, DOCKER_HOST: 'unix:///s' },
    ],
  ])('of a host with %s', (_title, host, expected) => {
    expect(pickDockerEnvironment(ENVIRONMENT, host)).toEqual(expected);
  });

  it('has all settings without DOCKER_HOSTS', () => {
    expect(pickDockerEnvironment(ENVIRONMENT)).toEqual(ENVIRONMENT);
  });
});
