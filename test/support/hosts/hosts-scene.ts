import type { Variables } from '../../../src/config/environment.js';
import { row } from '../docker/docker-rows.js';
import { failure } from '../docker/fake-command-runner.js';
import { bootApp, KEY, type TestApp } from '../service/test-app.js';
import { HostsCommandRunner } from './hosts-command-runner.js';

/** The id of the container `app`, which is on two hosts: one is a clone of the other. */
export const APP_ID = 'a'.repeat(64);

/** An API key for the hosts `web*`, and one for hosts that do not exist. */
export const WEB_KEY = 'web-key-0123456789';
export const OTHER_KEY = 'other-key-01234567';

/** What docker prints when it cannot reach a daemon. */
export const DOWN = failure(
  'Cannot connect to the Docker daemon at tcp://db1. Is the docker daemon running?',
);

/** The hosts `web1`, `web2` and `db1`, as the docker CLI gets them. */
export const HOSTS = ['web1', 'web2', 'tcp://db1'] as const;

/** Creates three hosts with containers. */
export function createHosts(): HostsCommandRunner {
  const runner = new HostsCommandRunner();
  runner.get('web1').stats = {
    stdout: row({ Name: 'app', ID: APP_ID }) + row({ Name: 'cache', ID: 'c'.repeat(64) }),
  };
  runner.get('web2').stats = { stdout: row({ Name: 'app', ID: APP_ID, CPUPerc: '50.00%' }) };
  runner.get('tcp://db1').stats = { stdout: row({ Name: 'db', ID: 'd'.repeat(64) }) };
  return runner;
}

/** Boots a service with these hosts, without background runs. */
export function bootHosts(
  runner: HostsCommandRunner,
  env: Variables = {},
): Promise<TestApp<HostsCommandRunner>> {
  return bootApp(
    {
      DOCKER_HOSTS: 'web1,web2,db1=tcp://db1',
      API_KEYS: `all:${KEY},web:${WEB_KEY};hosts=web*,other:${OTHER_KEY};hosts=x`,
      STATS_IDLE_AFTER_MS: '0',
      ...env,
    },
    { runner },
  );
}
