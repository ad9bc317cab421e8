/** A header name (RFC 9110, section 5.1). */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Printable characters without a comma, which separates headers. */
const HEADER_VALUE = /^[\x20-\x2b\x2d-\x7e]*$/;

/** Splits a comma-separated list. */
export function splitList(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}

/** Whether a setting has a value. */
export function isSet(_settings: object, value: unknown): boolean {
  return value !== undefined && value !== '';
}

/** Parses `PROMETHEUS_URL`; returns the text if it is not such a URL. Secrets belong into files, not into the URL. */
export function parsePrometheusUrl(text: string): URL | string | undefined {
  if (text === '') return undefined;
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) return text;
  return url.username === '' && url.password === '' && url.hash === '' ? url : text;
}

/** Parses `PROMETHEUS_HEADERS`; returns the text if it is not such a list. */
export function parseHeaders(text: string): Readonly<Record<string, string>> | string {
  const headers: Record<string, string> = {};
  for (const entry of splitList(text)) {
    const [name = '', ...rest] = entry.trim().split('=');
    const value = rest.join('=');
    if (rest.length === 0 || !HEADER_NAME.test(name) || !HEADER_VALUE.test(value)) return text;
    headers[name] = value;
  }
  return headers;
}
