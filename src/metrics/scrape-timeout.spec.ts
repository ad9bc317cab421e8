import { expect, it } from 'vitest';
import { scrapeTimeoutMs } from './scrape-timeout.js';

it.each([
  ['10', 9500],
  ['10.000000', 9500],
  ['2.5', 2000],
  ['0.2', 100],
  ['86400', 86_399_500],
])('leaves half a second of the time that Prometheus says, or half of it: %s', (seconds, timeoutMs) => {
  expect(scrapeTimeoutMs({ 'x-prometheus-scrape-timeout-seconds': seconds })).toBe(timeoutMs);
});

it.each([undefined, '', '0', '-1', '1e9', '999999', 'Infinity', '10s', '1, 2'])(
  "takes Prometheus' default for what is no such time: %s",
  (seconds) => {
    const headers = seconds === undefined ? {} : { 'x-prometheus-scrape-timeout-seconds': seconds };
    expect(scrapeTimeoutMs(headers)).toBe(9500);
  },
);
