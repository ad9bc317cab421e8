/** What all series of a metric share. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
}

/** The type of Prometheus' text format, which every version of Prometheus reads. */
export const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '"': String.raw`\"`,
  '\n': String.raw`\n`,
};

/** The lines above the series of a metric. */
export function headOf({ name, help, type }: Metric): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** Labels as they stand between the braces: `name="web-1",id="0123"`. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? '')}"`)
    .join(',');
}

/** A metric that has one series. */
export function singleMetric(
  metric: Metric,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): string {
  const text = labelsText(labels);
  return `${headOf(metric)}${metric.name}${text && `{${text}}`} ${value}\n`;
}
