import type { IncomingHttpHeaders } from 'node:http';

/** Prometheus' own default, for clients that do not send the header. */
const DEFAULT_SECONDS = 10;

/** Reserved for sending the response. */
const MARGIN_MS = 500;

/**
 * Returns how long a response may wait for docker, from `X-Prometheus-Scrape-Timeout-Seconds`. It must be sent before Prometheus
 * gives up, or `docker_up 0` would never arrive. At least half the timeout.
 */
export function parseScrapeTimeoutMs(headers: IncomingHttpHeaders): number {
  const text = String(headers['x-prometheus-scrape-timeout-seconds'] ?? '');
  const seconds = /^\d{1,5}(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  const timeoutMs = (seconds || DEFAULT_SECONDS) * 1000;
  return Math.max(timeoutMs - MARGIN_MS, timeoutMs / 2);
}
