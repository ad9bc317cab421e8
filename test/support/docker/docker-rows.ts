const ROW = {
  BlockIO: '1MB / 2MB',
  CPUPerc: '12.45%',
  Container: '0123456789ab',
  ID: '0123456789ab'.padEnd(64, '0'),
  MemPerc: '10.04%',
  MemUsage: '102.9MiB / 1GiB',
  Name: 'my-app',
  NetIO: '1.02kB / 0B',
  PIDs: '7',
};

/** The values of `row()` as the service returns them. */
export const ROW_FIGURES = {
  cpuUsage: 12.45,
  memoryUsage: 102.9,
  memoryLimit: 1024,
  memoryPercent: 10.04,
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
