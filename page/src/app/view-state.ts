import { type ReadonlySignal, signal } from '@preact/signals';
import { GROUP_FIELDS, type GroupField } from '../table/rows/group.js';
import { type SortOrder, formatSortOrder, parseSortOrder } from '../table/rows/sort.js';
import type { CpuUnit } from '../units/format-cpu.js';

/** What the page shows. It is in the URL, so that a link shows the same. */
export interface ViewState {
  readonly filter: string;
  readonly sort: SortOrder;
  readonly groupBy: GroupField | undefined;
  /** The groups whose containers are hidden; `''` are the containers without a group. */
  readonly collapsed: ReadonlySet<string>;
  readonly cpuUnit: CpuUnit;
  /** The id of the container that is open. */
  readonly container: string | undefined;
  /** Its Docker host, if the service has several. */
  readonly host: string | undefined;
  /** For a screen on a wall. */
  readonly isWall: boolean;
}

export const DEFAULT_VIEW: ViewState = {
  filter: '',
  sort: { field: 'cpuUsage', descending: true },
  groupBy: undefined,
  collapsed: new Set(),
  cpuUnit: 'percent',
  container: undefined,
  host: undefined,
  isWall: false,
};

/** Reads the query of the page's URL. Values that are not known are ignored. */
export function parseView(query: string): ViewState {
  const parameters = new URLSearchParams(query);
  return {
    filter: parameters.get('filter') ?? DEFAULT_VIEW.filter,
    sort: parseSortOrder(parameters.get('sort') ?? '') ?? DEFAULT_VIEW.sort,
    groupBy: GROUP_FIELDS.find((field) => field === parameters.get('group')),
    collapsed: new Set(parameters.getAll('collapsed')),
    cpuUnit: parameters.get('cpu') === 'cores' ? 'cores' : DEFAULT_VIEW.cpuUnit,
    container: parameters.get('container') ?? undefined,
    host: parameters.get('host') ?? undefined,
    isWall: parameters.has('wall'),
  };
}

/** Formats the query, without defaults. */
export function formatView(view: ViewState): string {
  const parameters = new URLSearchParams();
  if (view.filter !== '') parameters.set('filter', view.filter);
  const sort = formatSortOrder(view.sort);
  if (sort !== formatSortOrder(DEFAULT_VIEW.sort)) parameters.set('sort', sort);
  if (view.groupBy !== undefined) {
    parameters.set('group', view.groupBy);
    for (const group of view.collapsed) parameters.append('collapsed', group);
  }
  if (view.cpuUnit !== DEFAULT_VIEW.cpuUnit) parameters.set('cpu', view.cpuUnit);
  if (view.container !== undefined) {
    parameters.set('container', view.container);
    if (view.host !== undefined) parameters.set('host', view.host);
  }
  if (view.isWall) parameters.set('wall', '1');
  const query = parameters.toString();
  return query === '' ? '' : `?${query}`;
}

/** The view state of the page, kept in the URL. To open a container is a step of the browser's history: Back closes it. */
export class View {
  readonly #state = signal(parseView(location.search));

  constructor() {
    addEventListener('popstate', () => (this.#state.value = parseView(location.search)));
  }

  get state(): ReadonlySignal<ViewState> {
    return this.#state;
  }

  change(change: Partial<ViewState>): void {
    const view = { ...this.#state.peek(), ...change };
    const url = location.pathname + formatView(view);
    if (change.container === undefined) history.replaceState(history.state, '', url);
    else history.pushState({ isOpenedHere: true }, '', url);
    this.#state.value = view;
  }

  /** Hides the containers of a group, or shows them again. */
  toggleGroup(group: string): void {
    const { collapsed } = this.#state.peek();
    const others = [...collapsed].filter((name) => name !== group);
    this.change({ collapsed: new Set(collapsed.has(group) ? others : [...others, group]) });
  }

  /** Closes the container: goes back if it was opened from the table. */
  closeContainer(): void {
    if ((history.state as { isOpenedHere?: boolean } | null)?.isOpenedHere) history.back();
    else this.change({ container: undefined });
  }

  /** The URL of the page with a container open. */
  getContainerUrl(id: string, host: string | undefined): string {
    return formatView({ ...this.#state.peek(), container: id, host });
  }
}
