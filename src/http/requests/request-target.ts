/** Stands for a target that is refused; Node's parser lets no such byte through, so no client can send it. */
export const REFUSED_TARGET = '/\0';

const SLASH = 0x2f;

/** An http URL: behind its scheme and authority what its path and query are. */
const HTTP_URL = /^https?:\/\/[^/?#]+([^#]*)/i;

/**
 * The target of a request as Express sees it: path and query, without a fragment. A URL (RFC 9112, section 3.2.2) loses
 * its scheme and authority, and `*` is for `OPTIONS` alone. Everything else is {@link REFUSED_TARGET}: Express passes it to
 * Node's `url.parse`, which throws at some of them and prints others to stderr, key and all.
 */
export function requestTarget(method: string | undefined, target: string): string {
  if (target.charCodeAt(0) === SLASH) {
    const end = target.indexOf('#');
    return end === -1 ? target : target.slice(0, end);
  }
  if (target === '*' && method === 'OPTIONS') return target;
  const pathAndQuery = HTTP_URL.exec(target)?.[1];
  if (pathAndQuery === undefined) return REFUSED_TARGET;
  return pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`;
}
