import { Registry } from 'prom-client';
import type { MetricFamily } from '../../sampling/container-fields.js';

/** The media type of the Prometheus text format, which every version of Prometheus supports. */
export const TEXT_FORMAT = Registry.PROMETHEUS_CONTENT_TYPE;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
  '\n': String.raw`\n`,
};

/** Formats the `HELP` and `TYPE` lines of a metric. */
export function formatMetricHeader({ name, help, type }: MetricFamily): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** Formats labels without the braces: `name="web-1",id="0123"`. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? '')}"`)
    .join(',');
}
