import type { Request } from 'express';

/** The route that a request came to, as Express knows it, such as `/containers/:reference/stats`; never the path itself. */
export function routeOf(request: Request): string {
  const route = request.route as { readonly path: string } | undefined;
  return route?.path ?? 'unmatched';
}
