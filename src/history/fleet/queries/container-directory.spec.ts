import { expect, it } from 'vitest';
import { PART_LABEL } from '../../../prometheus/queries/target-labels.js';
import { ContainerDirectory } from './container-directory.js';
import { CURRENT } from './history-queries.js';

it('ContainerDirectory knows containers by host and id, with their labels and their health', () => {
  const directory = new ContainerDirectory('instance');
  const info = { instance: 'web2', id: 'a', name: 'web', image: 'nginx:1.29', project: 'shop' };
  directory.add({ ...info, service: 'kubelet', exported_service: 'web' });
  directory.add({ instance: 'web2', id: 'a', name: 'web', health: 'healthy' });
  directory.add({ instance: 'web1', id: 'a', name: 'db' });
  directory.add({ id: 'a', name: 'without a host' });
  expect(
    directory.sorted.map(({ host, name, image, project, service, health }) => ({
      host,
      name,
      image,
      project,
      service,
      health,
    })),
  ).toEqual([
    { host: 'web1', name: 'db', image: null, project: null, service: null, health: null },
    { host: 'web2', name: 'web', image: 'nginx:1.29', project: 'shop', service: 'web', health: 'healthy' },
  ]);
});

it('ContainerDirectory lists the running containers of a host first, and knows the current name of a renamed one', () => {
  const directory = new ContainerDirectory('instance');
  const add = (id: string, name: string, labels: object = {}): void =>
    directory.add({ instance: 'web1', id, name, ...labels });
  add('a', 'a-ended');
  add('b', 'new', { [PART_LABEL]: CURRENT, image: 'nginx:1.29' });
  add('b', 'new');
  add('b', 'old');
  add('c', 'z-running');
  add('c', 'z-running', { [PART_LABEL]: CURRENT });
  add('d', 'without samples in the window', { [PART_LABEL]: CURRENT });
  expect(directory.sorted.map(({ id, name, image }) => [id, name, image])).toEqual([
    ['b', 'new', 'nginx:1.29'],
    ['c', 'z-running', null],
    ['a', 'a-ended', null],
  ]);
});
