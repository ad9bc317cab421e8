import type { IncomingMessage } from 'node:http';

/** Gets the route pattern that matched a request, such as `/containers/:reference/stats`; never the path, which may contain a key. */
export function getRoute(request: IncomingMessage): string {
  const { route } = request as { readonly route?: { readonly path: string } };
  return route?.path ?? 'unmatched';
}
