import type { ContainerStats, SkippedRow } from 'docker-stats-client';
import {
  CONTAINER_FIELDS,
  type ContainerField,
  CONTAINER_INFO,
  CONTAINER_SKIPPED,
  type FigureField,
  isFigure,
  type MetricFamily,
} from '../../sampling/container-fields.js';
import { METRIC_UNITS } from '../../sampling/metric-units.js';
import { formatLabels } from '../prometheus/text-format.js';

/** A container with the values that are known. */
export type KnownContainer = Pick<ContainerStats, 'id' | 'name'> & Partial<ContainerStats>;

type TextContainerField = Exclude<ContainerField, FigureField>;

/** Formats the series of one metric for a container. A value that is not known has no series. */
type SeriesFormatter = (container: KnownContainer, nameAndId: string) => string;

/** A metric with series for each container. */
interface ContainerMetric {
  readonly family: MetricFamily;
  readonly formatters: readonly SeriesFormatter[];
}

/** The metrics of containers. All series of a metric must be adjacent in the text. */
export const CONTAINER_METRICS: readonly ContainerMetric[] = [
  { family: CONTAINER_INFO, formatters: [formatInfo] },
  ...getFamilies().map((family) => ({
    family,
    formatters: CONTAINER_FIELDS.filter(({ metric }) => metric === family).map((field) =>
      createFormatter(family, field),
    ),
  })),
];

/** Formats the labels that all series of a container share. */
export function formatNameAndId({ host, name, id }: KnownContainer): string {
  return formatLabels({ ...(host !== undefined && { host }), name, id });
}

/** Formats the series of a container without figures. What docker does not print has no label. */
export function formatSkipped({ host, container: name, id, project, reason }: SkippedRow): string {
  const labels = formatLabels({
    ...(host !== undefined && { host }),
    ...(name !== null && { name }),
    ...(id !== null && { id }),
    ...(project !== null && { project }),
    reason,
  });
  return formatSeries(CONTAINER_SKIPPED, labels, '', 1);
}

function getFamilies(): MetricFamily[] {
  return [...new Set(CONTAINER_FIELDS.flatMap(({ metric }) => metric ?? []))];
}

/** The labels make it possible to join the other metrics with this one. */
function formatInfo({ image, project, service }: KnownContainer, nameAndId: string): string {
  const labels = formatLabels({
    ...(image && { image }),
    ...(project && { project }),
    ...(service && { service }),
  });
  return formatSeries(CONTAINER_INFO, nameAndId, labels, 1);
}

function createFormatter(family: MetricFamily, field: ContainerField): SeriesFormatter {
  if (isFigure(field)) return createFigureFormatter(family, field);
  return field.unit === 'time' ? createTimeFormatter(family, field) : createStateFormatter(family, field);
}

function createTimeFormatter(family: MetricFamily, { name }: TextContainerField): SeriesFormatter {
  return (container, nameAndId) => {
    const time = container[name] ?? null;
    return time === null ? '' : formatSeries(family, nameAndId, '', Date.parse(time) / 1000);
  };
}

function createFigureFormatter(
  family: MetricFamily,
  { name, unit, direction }: Extract<ContainerField, FigureField>,
): SeriesFormatter {
  const label = direction === undefined ? '' : formatLabels({ direction });
  const { toMetric } = METRIC_UNITS[unit];
  return (container, nameAndId) => {
    const figure = container[name] ?? null;
    return figure === null ? '' : formatSeries(family, nameAndId, label, toMetric(figure));
  };
}

/** One series per possible value, so that a change of the value ends no series. */
function createStateFormatter(
  family: MetricFamily,
  { name, values = [] }: TextContainerField,
): SeriesFormatter {
  const states = values.map((value) => ({ value, label: formatLabels({ [name]: value }) }));
  return (container, nameAndId) => {
    const current = container[name] ?? null;
    if (current === null) return '';
    let series = '';
    for (const { value, label } of states)
      series += formatSeries(family, nameAndId, label, Number(value === current));
    return series;
  };
}

function formatSeries({ name }: MetricFamily, nameAndId: string, labels: string, value: number): string {
  return `${name}{${nameAndId}${labels === '' ? '' : `,${labels}`}} ${value}\n`;
}
