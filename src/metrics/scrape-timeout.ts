import type { IncomingHttpHeaders } from 'node:http';

/** Prometheus' own default, for a client that does not say how long it waits. */
const DEFAULT_SECONDS = 10;

/** What is left for the answer to get there. */
const MARGIN_MS = 500;

/**
 * How long an answer may wait for docker, by `X-Prometheus-Scrape-Timeout-Seconds`, which Prometheus sends: a client that has
 * given up would not even learn that docker does not answer. Half the time at least.
 */
export function scrapeTimeoutMs(headers: IncomingHttpHeaders): number {
  const text = String(headers['x-prometheus-scrape-timeout-seconds'] ?? '');
  const given = /^\d{1,5}(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  const timeoutMs = (given || DEFAULT_SECONDS) * 1000;
  return Math.max(timeoutMs - MARGIN_MS, timeoutMs / 2);
}
