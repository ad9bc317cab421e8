/** A Docker host of `DOCKER_HOSTS`. */
export interface DockerHost {
  readonly name: string;
  /** The address of its daemon; `undefined` if the name is that of a docker context. */
  readonly url?: string;
}

/** The characters of the names of docker contexts. None of them is a wildcard or has a meaning in URLs and headers. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** The addresses that the docker CLI accepts. */
const URL = /^(?:unix|npipe|tcp|ssh):\/\/[^\s,]+$/;

/** The context of the docker CLI for the daemon that it uses without any setting. */
export const DEFAULT_CONTEXT = 'default';

/**
 * Parses `DOCKER_HOSTS`, a comma-separated list of `name=URL` and of names of docker contexts. Returns a message if an entry is
 * invalid. It gives the position, never the text: a URL could contain a password.
 */
export function parseDockerHosts(text: string): readonly DockerHost[] | string {
  const hosts: DockerHost[] = [];
  for (const [index, entry] of (text === '' ? [] : text.split(',')).entries()) {
    const [name = '', ...rest] = entry.trim().split('=');
    const problem = findProblem(name, rest, hosts);
    if (problem !== undefined) return `entry ${index + 1} ${problem}`;
    hosts.push(rest.length === 0 ? { name } : { name, url: rest.join('=') });
  }
  return hosts;
}

function findProblem(
  name: string,
  rest: readonly string[],
  earlier: readonly DockerHost[],
): string | undefined {
  if (!NAME.test(name)) return 'must have a name of 1 to 63 letters, digits, "_", "." or "-"';
  if (rest.length > 0 && !URL.test(rest.join('='))) {
    return 'must have a URL that begins with unix://, npipe://, tcp:// or ssh:// after the name';
  }
  if (earlier.some((host) => host.name === name)) return 'must not repeat the name of an earlier host';
  return undefined;
}
