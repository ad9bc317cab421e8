import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { CpuUnit } from '../../units/format-cpu.js';
import { createCharts } from '../chart/charts.js';
import { readPalette, watchScheme } from '../chart/palette.js';
import './charts.css';
import { ChartPanel } from './chart-panel.js';
import { ChartToolbar } from './chart-toolbar.js';
import type { ContainerFigures } from '../series/container-figures.js';
import { TimeView } from '../series/time-view.js';

interface ContainerChartsProps {
  readonly figures: ContainerFigures;
  readonly name: string;
  readonly cpuUnit: CpuUnit;
}

/** The charts of a container: all show the same time, and the values under the pointer. */
export function ContainerCharts({ figures, name, cpuUnit }: ContainerChartsProps): JSX.Element {
  const view = useMemo(() => new TimeView(figures), [figures]);
  const palette = usePalette(name);
  const series = figures.series.value;
  const range = view.range.value;
  const newest = figures.newest.value;
  const source = useMemo(() => ({ times: series.times, range, newest }), [series, range, newest]);
  const charts = useMemo(() => createCharts(source, series.figures, cpuUnit), [source, series, cpuUnit]);
  return (
    <section class="container-charts" aria-label="Charts">
      <ChartToolbar view={view} source={source} charts={charts} />
      <div class="chart-grid">
        {charts.map((content) => (
          <ChartPanel key={content.title} view={view} content={content} source={source} palette={palette} />
        ))}
      </div>
      <p class="chart-footnote">
        Drag over a chart to zoom in, double-click to zoom out. Docker prints the totals of network and block
        I/O with three digits. So rates are averages over up to a minute, and where rounding hides a rate, the
        chart shows how much the totals have grown.
      </p>
    </section>
  );
}

function usePalette(name: string): ReturnType<typeof readPalette> {
  const [palette, setPalette] = useState(() => readPalette(name));
  useEffect(() => {
    const update = (): void => setPalette(readPalette(name));
    update();
    return watchScheme(update);
  }, [name]);
  return palette;
}
