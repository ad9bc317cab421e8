import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A mount in the long syntax, which the compose files use everywhere. */
export interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}

/** The port of a container that other machines or this one can reach. A string is `ADDRESS:PORT:PORT`. */
export type PublishedPort =
  string | { readonly target: number; readonly published: number; readonly mode: string };

/** The limits of a container in a swarm. */
interface Deployment {
  readonly mode: string;
  readonly restart_policy: { readonly condition: string };
  readonly resources: {
    readonly limits: { readonly cpus: string; readonly memory: string; readonly pids: number };
  };
}

/** The parts of a service that the tests check. */
export interface Service {
  readonly image: string;
  readonly user: string;
  readonly group_add?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly Mount[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly ports?: readonly PublishedPort[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly cpus?: number;
  readonly mem_limit?: string;
  readonly pids_limit?: number;
  readonly stop_grace_period: string;
  readonly ulimits?: { readonly nofile: number };
  readonly deploy?: Deployment;
}

/** A compose file, or the file of a stack. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, Partial<Service>>>;
  readonly networks?: Readonly<Record<string, { readonly internal: boolean }>>;
  readonly volumes: Readonly<Record<string, { readonly driver_opts: { readonly o: string } } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly configs?: Readonly<Record<string, { readonly file: string }>>;
}

/** The paths of the files. */
export const COMPOSE = 'deploy/compose/compose.yaml';
export const MONITORING = 'deploy/compose/compose.monitoring.yaml';
export const FLEET = 'deploy/compose/compose.fleet.yaml';
export const STACK = 'deploy/swarm/stack.yaml';

/** Parses a YAML file. `<<` merges maps, as Compose does. */
export function readYaml(path: string): unknown {
  return parse(readFileSync(path, 'utf8'), { merge: true });
}

/** Reads the compose file at a path. */
export function readComposeFile(path: string): ComposeFile {
  return readYaml(path) as ComposeFile;
}

/** Returns the services that a file defines. A service without an image extends one of another file. */
export function listServices(path: string): [name: string, service: Service][] {
  const services = Object.entries(readComposeFile(path).services);
  return services.filter((entry): entry is [string, Service] => entry[1].image !== undefined);
}

/** Returns the service that a file defines by this name. */
export function getService(path: string, name: string): Service {
  const [, service] = listServices(path).find(([other]) => other === name) ?? [];
  if (service === undefined) throw new Error(`${path} has no service ${name}`);
  return service;
}

/** Returns the limits of a service. Swarm has a place of its own for them. */
export function readLimits({ cpus, mem_limit, pids_limit, deploy }: Service): {
  readonly cpus: number;
  readonly memory: string | undefined;
  readonly pids: number | undefined;
} {
  const limits = deploy?.resources.limits ?? { cpus, memory: mem_limit, pids: pids_limit };
  return { cpus: Number(limits.cpus), memory: limits.memory?.toLowerCase(), pids: limits.pids };
}

/** Returns the commands in the comment at the top of a file. A command that ends with `|` continues on the next line. */
export function readSteps(path: string): string[] {
  const lines = [...readFileSync(path, 'utf8').matchAll(/^# {3,}(.*)$/gm)].map(([, line = '']) => line);
  return lines.join('\n').replaceAll('|\n', '| ').split('\n');
}
