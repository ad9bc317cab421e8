import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PS_DETAILS, psRow } from '../../../test/support/docker/docker-rows.js';
import { readPsRecordings } from '../../../test/support/docker/recordings.js';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import type { ListedContainer } from './container-list.js';
import { parseDockerPs, PS_TEMPLATE } from './parse-docker-ps.js';

const ID = '0123456789ab'.padEnd(64, '0');

/** No labels of Compose. */
const NO_COMPOSE = { 'com.docker.compose.project': '', 'com.docker.compose.service': '' };

/** Parses a line and returns its container. */
async function parseOne(line: string): Promise<ListedContainer | undefined> {
  return (await parseDockerPs(line))?.find(ID);
}

describe('parseDockerPs', () => {
  it('returns what docker says of a container', async () => {
    expect(await parseOne(psRow())).toEqual({ name: 'my-app', isStopped: false, details: PS_DETAILS });
  });

  it.each([
    ['its full id', ID],
    ['the first 12 digits of its id', '0123456789ab'],
  ])('finds a container by %s', async (_what, id) => {
    for (const listed of [ID, '0123456789ab']) {
      const list = await parseDockerPs(psRow({ ID: 'f'.repeat(64) }) + psRow({ ID: listed }));
      expect(list?.find(id)?.details.project).toBe('shop');
      expect(list?.find('e'.repeat(64))).toBeUndefined();
    }
  });

  it.each([
    ['Up 5 minutes', 'running', null],
    ['Up Less than a second (health: starting)', 'running', 'starting'],
    ['Up 2 weeks (healthy)', 'running', 'healthy'],
    ['Up About an hour (unhealthy)', 'running', 'unhealthy'],
    ['Up 7 seconds (Paused)', 'paused', null],
    ['Restarting (1) 3 seconds ago', 'restarting', null],
    ['Exited (0) 4 seconds ago', null, null],
    ['Created', null, null],
    ['Dead', null, null],
    ['Removal In Progress', null, null],
  ])('parses the status %j', async (Status, state, health) => {
    expect(await parseOne(psRow({ Status }))).toMatchObject({
      isStopped: state === null,
      details: { state, health },
    });
  });

  it('does not take a container with an unknown status for a stopped one', async () => {
    expect(await parseOne(psRow({ Status: 'Thinking' }))).toMatchObject({
      isStopped: false,
      details: { state: null, health: null },
    });
  });

  it.each([
    [
      'a service of a stack',
      { 'com.docker.stack.namespace': 'shop', 'com.docker.swarm.service.name': 'shop_web' },
      { project: 'shop', service: 'shop_web' },
    ],
    [
      'a service of a swarm without a stack',
      { 'com.docker.swarm.service.name': 'web' },
      { project: null, service: 'web' },
    ],
    [
      'a container of a Kubernetes pod',
      {
        'io.kubernetes.pod.namespace': 'prod',
        'io.kubernetes.pod.name': 'api-0',
        'io.kubernetes.container.name': 'app',
      },
      { project: 'prod', service: 'api-0/app' },
    ],
    ['a container without these labels', {}, { project: null, service: null }],
    [
      'a Compose project without a service',
      { 'com.docker.compose.project': 'a' },
      { project: 'a', service: null },
    ],
  ])('returns the project and the service of %s', async (_what, labels, group) => {
    expect((await parseOne(psRow({ ...NO_COMPOSE, ...labels })))?.details).toMatchObject(group);
  });

  it.each(['a,b=c', 'say "x"', 'two\nlines', 'tab\there', 'größe \u{1F433}', '<b>&', '{{.ID}}', '\u001b[2J'])(
    'returns the label %j unchanged',
    async (label) => {
      expect((await parseOne(psRow({ 'com.docker.compose.project': label })))?.details.project).toBe(label);
    },
  );

  it('leaves out values that are too long for a name', async () => {
    const labels = {
      'com.docker.compose.project': 'x'.repeat(513),
      'com.docker.compose.service': 'y'.repeat(512),
    };
    expect((await parseOne(psRow({ ...labels, Image: 'z'.repeat(513) })))?.details).toMatchObject({
      image: null,
      project: null,
      service: 'y'.repeat(512),
    });
  });

  it('lists a container with a very long line, without details', async () => {
    const list = await parseDockerPs(
      psRow({ 'com.docker.compose.project': 'x'.repeat(65_536) }) + psRow({ ID: 'f'.repeat(64) }),
    );
    expect(list?.find(ID)).toMatchObject({
      name: null,
      isStopped: false,
      details: { image: null, project: null },
    });
    expect(list?.find('f'.repeat(64))?.details.project).toBe('shop');
  });

  it.each([
    ['2026-11-24 12:28:59 +0100 CET', '2026-11-24T11:28:59Z'],
    ['2026-11-24 11:28:59 +0000 UTC', '2026-11-24T11:28:59Z'],
    ['2026-11-24 05:58:59 -0530', '2026-11-24T11:28:59Z'],
    ['5 minutes ago', null],
    ['2026-13-45 99:99:99 +0000', null],
    ['', null],
  ])('converts the time %j to %s', async (CreatedAt, createdAt) => {
    expect((await parseOne(psRow({ CreatedAt })))?.details.createdAt).toBe(createdAt);
  });

  it('returns the name of a container that others have links to', async () => {
    expect((await parseOne(psRow({ Names: 'other/alias,my-app' })))?.name).toBe('my-app');
  });

  it('parses the output of the fake docker CLI of the demo', async () => {
    const stdout = execFileSync('demo/docker.mjs', ['ps', '--all', '--no-trunc', '--format', PS_TEMPLATE]);
    expect((await parseDockerPs(stdout.toString()))?.find('0001'.repeat(16))).toEqual({
      name: 'demo-web-1',
      isStopped: false,
      details: {
        image: 'nginx:1.29',
        project: 'demo',
        service: 'web',
        state: 'running',
        health: 'healthy',
        createdAt: '2026-11-20T08:15:30Z',
      },
    });
  });

  it.each(readPsRecordings().map((recording) => [recording.case, recording] as const))(
    'parses the recorded output %s',
    async (_case, { argv, stdout, expected }) => {
      expect(argv).toContain(PS_TEMPLATE);
      const list = await parseDockerPs(stdout);
      const containers = 'error' in expected ? {} : expected.containers;
      expect(Object.keys(containers).length).toBeGreaterThan(0);
      for (const [id, container] of Object.entries(containers)) expect(list?.find(id)).toEqual(container);
    },
  );

  it.each([
    ['containers', psRow().repeat(50_000)],
    ['blank lines', ' \n'.repeat(2_000_000)],
  ])('does not block the event loop while it parses many %s', async (_what, stdout) => {
    expect(await countTurns(() => parseDockerPs(stdout))).toBeGreaterThan(1);
  });

  it.each([
    'CONTAINER ID\n',
    `${psRow()}warning: x\n`,
    '28.2.2\n',
    `["${ID}"]\n`,
    '{"ID":"x"}\n',
    psRow().replace('"my-app"', '7'),
    psRow({ ID: 'not-an-id' }),
  ])('returns undefined for output in another format: %j', async (stdout) => {
    expect(await parseDockerPs(stdout)).toBeUndefined();
  });
});
