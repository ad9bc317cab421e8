import type { IncomingMessage } from 'node:http';

const BEARER = 'Bearer realm="docker-stats-api"';
const BASIC = 'Basic realm="docker-stats-api", charset="UTF-8"';

/** How to authenticate: `WWW-Authenticate` of a `401` (RFC 9110, section 15.5.2). */
export function challengesOf(request: Pick<IncomingMessage, 'headers'>): string[] {
  return isOfScript(request) ? [BEARER] : [BEARER, BASIC];
}

/**
 * Whether a script in a page sent the request: for Basic, the browser would open its login dialog over the page. Browsers say
 * it with `Sec-Fetch-Mode`, but not over plain HTTP to other machines; there, only a navigation accepts HTML.
 */
function isOfScript({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode !== 'navigate';
  return headers['user-agent']?.startsWith('Mozilla/') === true && !headers.accept?.includes('text/html');
}
