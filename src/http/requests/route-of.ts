import type { IncomingMessage } from 'node:http';

/** The route that a request came to, as Express knows it, such as `/containers/:reference/stats`; never the path itself. */
export function routeOf(request: IncomingMessage): string {
  const { route } = request as { readonly route?: { readonly path: string } };
  return route?.path ?? 'unmatched';
}
