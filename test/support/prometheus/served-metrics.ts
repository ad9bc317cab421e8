/** A metric of `GET /metrics`. */
export interface ServedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** The labels of its series and their values, in order; without `le` of histograms. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** The names of its series in PromQL. */
  readonly seriesNames: ReadonlySet<string>;
}

/** Parses Prometheus' text format. Returns the value of each series by its printed name and labels. */
export function parseSeries(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Parses Prometheus' text format. Returns the metrics. */
export function parseMetrics(text: string): ServedMetric[] {
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
