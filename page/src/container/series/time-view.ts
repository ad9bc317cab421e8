import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ContainerFigures } from './container-figures.js';
import { resolveWindow, type TimeRange, type TimeWindow } from './time-window.js';

/** What all charts have in common: the time that they show, and the sample under the pointer. */
export class TimeView {
  readonly #window = signal<TimeWindow>('all');
  readonly #hovered = signal<number | undefined>(undefined);
  readonly #range: ReadonlySignal<TimeRange>;

  constructor(figures: ContainerFigures) {
    this.#range = computed(() =>
      resolveWindow(this.#window.value, figures.series.value, figures.presence.value.state === 'ended'),
    );
  }

  get window(): ReadonlySignal<TimeWindow> {
    return this.#window;
  }

  get range(): ReadonlySignal<TimeRange> {
    return this.#range;
  }

  /** The index of the sample under the pointer; `undefined` if it is not over a chart. */
  get hovered(): ReadonlySignal<number | undefined> {
    return this.#hovered;
  }

  readonly show = (window: TimeWindow): void => {
    this.#window.value = window;
  };

  readonly showAll = (): void => this.show('all');

  readonly hover = (index: number | undefined): void => {
    this.#hovered.value = index;
  };
}
