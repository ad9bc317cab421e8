import type { Labels } from '../client/result-parser.js';

/** The label that tells the parts of a query apart. */
export const PART_LABEL = 'docker_stats_api_part';

/** The labels of the metrics of containers. All others are those of the target. */
const OWN_LABELS = [
  'name',
  'id',
  'image',
  'project',
  'service',
  'state',
  'health',
  'direction',
  'reason',
] as const;

type OwnLabel = (typeof OWN_LABELS)[number];

/** The stored name of each label of a container. */
export type LabelNames = Readonly<Record<OwnLabel, string>>;

/** Prometheus renames a scraped label if the target has one with the same name. */
const RENAMED_PREFIX = 'exported_';

const NO_TARGET_LABELS = new Set<string>([
  '__name__',
  PART_LABEL,
  ...OWN_LABELS,
  ...OWN_LABELS.map((label) => RENAMED_PREFIX + label),
]);

/** Identifies a target on a replica of Prometheus. */
export interface TargetId {
  /** The labels of the target, without those of the replica. */
  readonly labels: string;
  /** The labels of the replica. */
  readonly replica: string;
}

/** Returns the target that a series comes from. */
export function identifyTarget(metric: Labels, replicaLabels: readonly string[]): TargetId {
  let [labels, replica] = ['', ''];
  for (const label of Object.keys(metric).toSorted()) {
    if (NO_TARGET_LABELS.has(label)) continue;
    const text = `${label}=${metric[label]}\n`;
    if (replicaLabels.includes(label)) replica += text;
    else labels += text;
  }
  return { labels, replica };
}

/**
 * Returns the names under which the labels of the containers of a target are stored: `exported_service` if the target itself has a
 * label `service`, as with the Prometheus Operator.
 *
 * @param metric the labels of `docker_up`, which has none of its own
 */
export function findLabelNames(metric: Labels): LabelNames {
  const names = OWN_LABELS.map((label) => [
    label,
    metric[label] === undefined ? label : RENAMED_PREFIX + label,
  ]);
  return Object.fromEntries(names) as LabelNames;
}
