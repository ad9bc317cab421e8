import { describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../../test/support/files/temporary-folder.js';
import { findInvalidSettings } from '../../../test/support/service/invalid-settings.js';
import { readSettings } from '../read-settings.js';

const FLEET = { STATS_SOURCE: 'prometheus', PROMETHEUS_URL: 'http://prometheus:9090' };

describe('The settings of a fleet', () => {
  it('have their own defaults', () => {
    expect(readSettings(FLEET)).toMatchObject({
      PROMETHEUS_URL: new URL('http://prometheus:9090'),
      PROMETHEUS_HOST_LABEL: 'instance',
      PROMETHEUS_REPLICA_LABELS: ['prometheus_replica', 'replica'],
      PROMETHEUS_HEADERS: {},
      STATS_MAX_AGE_MS: 30_000,
      STATS_INTERVAL_MS: 5000,
    });
    expect(readSettings({})).toMatchObject({ STATS_MAX_AGE_MS: 5000, STATS_INTERVAL_MS: 2000 });
  });

  it('accept headers with an equals sign in the value', () => {
    const { PROMETHEUS_HEADERS } = readSettings({ ...FLEET, PROMETHEUS_HEADERS: 'A=b=c, X-Scope-OrgID=x' });
    expect(PROMETHEUS_HEADERS).toEqual({ A: 'b=c', 'X-Scope-OrgID': 'x' });
  });

  const URL_RULE = 'must be an http:// or https:// URL without a user, a password and a fragment';
  const HEADERS_RULE = 'must be a comma-separated list of headers, each Name=value';
  const LABELS_RULE = 'must be a comma-separated list of label names';
  it.each([
    ['PROMETHEUS_URL', 'prometheus:9090', URL_RULE],
    ['PROMETHEUS_URL', 's3cret', URL_RULE],
    ['PROMETHEUS_URL', 'ftp://prometheus', URL_RULE],
    ['PROMETHEUS_URL', 'http://me:s3cret@prometheus', URL_RULE],
    ['PROMETHEUS_URL', 'http://prometheus/#s3cret', URL_RULE],
    ['PROMETHEUS_HEADERS', 's3cret', HEADERS_RULE],
    ['PROMETHEUS_HEADERS', 'A b=s3cret', HEADERS_RULE],
    ['PROMETHEUS_HEADERS', 'A=s3cret\r\nB: c', HEADERS_RULE],
    ['PROMETHEUS_HEADERS', 'A=b,', HEADERS_RULE],
    ['PROMETHEUS_HOST_LABEL', '0', 'must be the name of a label'],
    ['PROMETHEUS_HOST_LABEL', 'a"b', 'must be the name of a label'],
    ['PROMETHEUS_REPLICA_LABELS', 'a,', LABELS_RULE],
    ['PROMETHEUS_REPLICA_LABELS', 'a-b', LABELS_RULE],
    ['PROMETHEUS_TIMEOUT_MS', '0', 'must be a whole number from 1 to 2147483647'],
    ['PROMETHEUS_MAX_RESPONSE_BYTES', '1MB', 'must be a whole number from 1 to 4294967296'],
    ['STATS_SOURCE', 's3cret', 'must be docker or prometheus'],
  ])('reject %s=%j, without the value in the message', (name, value, rule) => {
    expect(findInvalidSettings({ ...FLEET, [name]: value })).toContain(`${name} ${rule}`);
    expect(findInvalidSettings({ ...FLEET, [name]: value }).join()).not.toContain('s3cret');
  });

  it.each([
    [{ PROMETHEUS_URL: '' }, 'PROMETHEUS_URL is required when STATS_SOURCE is prometheus'],
    [{ DOCKER_HOSTS: 'web1' }, 'DOCKER_HOSTS must be empty when STATS_SOURCE is prometheus'],
    [{ DEMO: 'true' }, 'DEMO must be false when STATS_SOURCE is prometheus'],
  ])('reject %j', (env, problem) => {
    expect(findInvalidSettings({ ...FLEET, ...env })).toEqual([problem]);
  });

  it.each([
    ['PROMETHEUS_BEARER_TOKEN_FILE', 's3cret s3cret', 'must contain one token'],
    ['PROMETHEUS_BEARER_TOKEN_FILE', '', 'must contain one token'],
    ['PROMETHEUS_BASIC_AUTH_FILE', 's3cret', 'must contain one line with user:password'],
    ['PROMETHEUS_BASIC_AUTH_FILE', 'a:s3cret\nb:c', 'must contain one line with user:password'],
    ['PROMETHEUS_CA_FILE', 's3cret', 'must contain a PEM certificate'],
  ])('reject a file of %s with %j', (name, text, rule) => {
    const path = new TemporaryFolder().write('file', text);
    expect(findInvalidSettings({ ...FLEET, [name]: path })).toEqual([`${name} ${rule}`]);
  });

  it('reject a file that does not exist', () => {
    const [problem] = findInvalidSettings({ ...FLEET, PROMETHEUS_CA_FILE: '/nosuch' });
    expect(problem).toMatch(/^PROMETHEUS_CA_FILE.* cannot be read: ENOENT/);
  });

  it('reject two kinds of credentials at once', () => {
    const folder = new TemporaryFolder();
    const problems = findInvalidSettings({
      ...FLEET,
      PROMETHEUS_BEARER_TOKEN_FILE: folder.write('token', 'a'),
      PROMETHEUS_BASIC_AUTH_FILE: folder.write('user', 'a:b'),
    });
    expect(problems).toEqual([
      'PROMETHEUS_BEARER_TOKEN_FILE and PROMETHEUS_BASIC_AUTH_FILE must not be set together',
    ]);
  });
});
