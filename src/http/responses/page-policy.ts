/**
 * Creates the Content-Security-Policy of a page that loads from, and connects to, this service only. It allows no inline scripts
 * and styles.
 *
 * @param imageSources from where it loads images
 */
export function createPagePolicy(imageSources: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${imageSources}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join(';');
}
