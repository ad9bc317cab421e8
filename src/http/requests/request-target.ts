/** Replaces a target that is refused. No client can send it: Node's parser rejects this byte. */
export const REFUSED_TARGET = '/\0';

const SLASH = 0x2f;

/** An http URL; the group captures its path and query. */
const HTTP_URL = /^https?:\/\/[^/?#]+([^#]*)/i;

/**
 * Converts a request target to the path and query for Express, without a fragment. An http URL (RFC 9112, section 3.2.2) loses
 * its scheme and authority; `*` is accepted for `OPTIONS` only. Any other target becomes {@link REFUSED_TARGET}: Express
 * would pass it to Node's `url.parse`, which throws on some of them and prints others, with their keys, to stderr.
 */
export function parseRequestTarget(method: string | undefined, target: string): string {
  if (target.charCodeAt(0) === SLASH) {
    const end = target.indexOf('#');
    return end === -1 ? target : target.slice(0, end);
  }
  if (target === '*' && method === 'OPTIONS') return target;
  const pathAndQuery = HTTP_URL.exec(target)?.[1];
  if (pathAndQuery === undefined) return REFUSED_TARGET;
  return pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`;
}
