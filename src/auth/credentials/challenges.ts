import type { IncomingMessage } from 'node:http';

const BEARER = 'Bearer realm="docker-stats-api"';
const BASIC = 'Basic realm="docker-stats-api", charset="UTF-8"';

/** The values of `WWW-Authenticate` for a `401` (RFC 9110, section 15.5.2): how to authenticate. */
export function getChallenges(request: Pick<IncomingMessage, 'headers'>): string[] {
  return isFromPageScript(request) ? [BEARER] : [BEARER, BASIC];
}

/**
 * Whether a script in a web page sent the request. A Basic challenge would open the browser's login dialog over that page.
 * Browsers send `Sec-Fetch-Mode`, but not over plain HTTP to another host. There, only a navigation accepts HTML.
 */
function isFromPageScript({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode !== 'navigate';
  return headers['user-agent']?.startsWith('Mozilla/') === true && !headers.accept?.includes('text/html');
}
