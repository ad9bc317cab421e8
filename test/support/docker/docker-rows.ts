import type { ContainerDetails } from '../../../src/docker/parsers/container-list.js';

const ROW = {
  BlockIO: '1MB / 2MB',
  CPUPerc: '12.45%',
  Container: '0123456789ab',
  ID: '0123456789ab'.padEnd(64, '0'),
  MemPerc: '10.05%',
  MemUsage: '102.9MiB / 1GiB',
  Name: 'my-app',
  NetIO: '1.02kB / 0B',
  PIDs: '7',
};

/** What `psRow()` says of a container, as the service returns it. */
export const PS_DETAILS: ContainerDetails = {
  image: 'nginx:1.29',
  project: 'shop',
  service: 'web',
  state: 'running',
  health: 'healthy',
  createdAt: '2026-11-24T11:28:59Z',
};

const PS_COLUMNS = {
  ID: ROW.ID,
  Names: ROW.Name,
  Image: 'nginx:1.29',
  Status: 'Up 5 minutes (healthy)',
  CreatedAt: '2026-11-24 11:28:59 +0000 UTC',
  'com.docker.compose.project': 'shop',
  'com.docker.compose.service': 'web',
  'com.docker.stack.namespace': '',
  'com.docker.swarm.service.name': '',
  'io.kubernetes.pod.namespace': '',
  'io.kubernetes.pod.name': '',
  'io.kubernetes.container.name': '',
};

/** One output line of `docker ps` with the template of the service, with some columns replaced. */
export function psRow(columns: Partial<typeof PS_COLUMNS> = {}): string {
  return `${JSON.stringify(Object.values({ ...PS_COLUMNS, ...columns }))}\n`;
}

/** The values of `row()` as the service returns them. */
export const ROW_FIGURES = {
  cpuUsage: 12.45,
  memoryUsage: 102.9,
  memoryLimit: 1024,
  memoryPercent: 10.05,
  networkReceived: 1020 / 1048576,
  networkSent: 0,
  blockRead: 1e6 / 1048576,
  blockWritten: 2e6 / 1048576,
  pids: 7,
};

/** One output line of `docker stats --format '{{json .}}'`, with some columns replaced. */
export function row(columns: Partial<typeof ROW> = {}): string {
  return `${JSON.stringify({ ...ROW, ...columns })}\n`;
}

/** The line that docker prints for a container without values. */
export function placeholderRow(container: string): string {
  const noValues = {
    BlockIO: '--',
    CPUPerc: '--',
    MemPerc: '--',
    MemUsage: '-- / --',
    Name: '--',
    NetIO: '--',
    PIDs: '--',
  };
  return row({ ...noValues, Container: container, ID: '' });
}
