import type { Labels } from './matches.js';
import { readString } from './promql-reader.js';

/** Reads the series of Prometheus' text format. */
export function readScrape(text: string): { readonly labels: Labels; readonly value: number }[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return { labels: { __name__: name, ...readLabels(labels) }, value: Number(value) };
  });
}

function readLabels(text: string): Labels {
  const labels = text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries([...labels].map(([, name = '', value = '']) => [name, readString(value)]));
}
