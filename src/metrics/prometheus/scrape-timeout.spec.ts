import { expect, it } from 'vitest';
import { parseScrapeTimeoutMs } from './scrape-timeout.js';

it.each([
  ['10', 9500],
  ['10.000000', 9500],
  ['2.5', 2000],
  ['0.2', 100],
  ['86400', 86_399_500],
])('parseScrapeTimeoutMs("%s") reserves half a second, or half of a short timeout', (seconds, timeoutMs) => {
  expect(parseScrapeTimeoutMs({ 'x-prometheus-scrape-timeout-seconds': seconds })).toBe(timeoutMs);
});

it.each([undefined, '', '0', '-1', '1e9', '999999', 'Infinity', '10s', '1, 2'])(
  "parseScrapeTimeoutMs(%j) uses Prometheus' default for a missing or invalid header",
  (seconds) => {
    const headers = seconds === undefined ? {} : { 'x-prometheus-scrape-timeout-seconds': seconds };
    expect(parseScrapeTimeoutMs(headers)).toBe(9500);
  },
);
