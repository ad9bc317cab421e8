import { Registry } from 'prom-client';
import type { MetricFamily } from '../sampling/container-fields.js';

/** The type of Prometheus' text format, which every version of Prometheus reads. */
export const TEXT_FORMAT = Registry.PROMETHEUS_CONTENT_TYPE;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
  '\n': String.raw`\n`,
};

/** The lines above the series of a metric. */
export function headOf({ name, help, type }: MetricFamily): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** Labels as they stand between the braces: `name="web-1",id="0123"`. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? '')}"`)
    .join(',');
}
