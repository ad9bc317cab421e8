/** A metric as `GET /metrics` prints it. */
export interface ServedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Those of its series, in their order, but for `le` of a histogram, with the values that they have. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Those of its series, by which PromQL knows them. */
  readonly seriesNames: ReadonlySet<string>;
}

/** The value of every series in Prometheus' text format, by its name and labels as they are printed. */
export function seriesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** The metrics in Prometheus' text format. */
export function metricsIn(text: string): ServedMetric[] {
  return text
    .split(/^(?=# HELP )/m)
    .filter((block) => block.startsWith('# HELP '))
    .map((block) => {
      const [, name = '', help = '', type = ''] = /^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)/.exec(block) ?? [];
      const labels = new Map<string, Set<string>>();
      for (const [, label = '', value = ''] of block.matchAll(/[{,](\w+)="([^"]*)"/g)) {
        if (label !== 'le') labels.set(label, (labels.get(label) ?? new Set()).add(value));
      }
      const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      return {
        name,
        help,
        type,
        labels,
        seriesNames: new Set(suffixes.map((suffix) => name + suffix)),
      };
    });
}
