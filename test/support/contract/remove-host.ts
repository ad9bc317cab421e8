import type { HostsHistory } from 'docker-stats-client';

/** A body of the history in JSON. The times of samples are in `hosts` if responses name the hosts. */
interface Body {
  readonly hosts?: HostsHistory['hosts'];
  readonly containers: readonly { readonly host?: string }[];
}

/** Returns a body of the history without its only host: as a service with one docker host sends it. */
export function removeHost({ hosts, containers, ...others }: Body, host: string): object {
  const times = hosts && {
    sampledAt: hosts.flatMap(({ name, sampledAt }) => (assertSame(name, host), sampledAt)),
  };
  return {
    ...times,
    ...others,
    containers: containers.map(({ host: name, ...container }) => (assertSame(name, host), container)),
  };
}

/** Returns CSV without the column of the host. */
export function removeHostFromCsv(text: string, host: string): string {
  const [header = [], ...lines] = text.split('\r\n').map((line) => line.split(','));
  const column = header.indexOf('host');
  lines.slice(0, -1).forEach((line) => assertSame(line[column], host)); // the text ends with a line break
  return [header, ...lines].map((line) => line.toSpliced(column, 1).join(',')).join('\r\n');
}

function assertSame(name: string | undefined, host: string): void {
  if (name !== host) throw new Error(`Expected the host ${host}, not ${name}`);
}
