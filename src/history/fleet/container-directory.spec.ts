import { expect, it } from 'vitest';
import { ContainerDirectory } from './container-directory.js';

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
