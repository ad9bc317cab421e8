/** Returns the host at which this machine reaches a server that listens on a host: for all addresses, the loopback address. */
export function toLocalHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
