import uPlot from 'uplot';
import { CHART_HEIGHT, type ChartState, createChartOptions } from './chart-options.js';

/** Draws the lines of a chart into an element, as wide as the element. */
export class ChartDrawing {
  readonly #plot: uPlot;
  readonly #observer: ResizeObserver;
  #state: ChartState;

  constructor(element: HTMLElement, state: ChartState) {
    this.#state = state;
    const options = createChartOptions(() => this.#state, element.clientWidth);
    this.#plot = new uPlot(options, toData(state), element);
    this.#observer = new ResizeObserver(() =>
      this.#plot.setSize({ width: element.clientWidth, height: CHART_HEIGHT }),
    );
    this.#observer.observe(element);
  }

  update(state: ChartState): void {
    const { content, range, palette } = this.#state;
    this.#state = state;
    if (content !== state.content || range !== state.range) this.#plot.setData(toData(state));
    else if (palette !== state.palette) this.#plot.redraw(false);
    this.#moveCursor(state);
  }

  #moveCursor({ hovered, times }: ChartState): void {
    if (hovered === (this.#plot.cursor.idx ?? undefined)) return;
    const time = times[hovered ?? -1];
    const left = time === undefined ? -1 : this.#plot.valToPos(time, 'x');
    this.#plot.setCursor({ left, top: left }, false);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot.destroy();
  }
}

function toData({ times, content }: ChartState): uPlot.AlignedData {
  return [[...times], ...content.lines.map(({ values }) => [...values])];
}
