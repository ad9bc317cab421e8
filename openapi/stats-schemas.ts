import type {
  BasicContainerStats,
  ContainerStats,
  FullStats,
  SkippedRow,
  SkipReason,
} from 'docker-stats-client';
import { objectOf, schema } from './answers.js';
import type { SchemaObject } from './openapi-types.js';

const name = { type: 'string', minLength: 1, description: "The container's name." };

const cpuUsage = {
  type: 'number',
  minimum: 0,
  description: 'CPU in % as docker counts it: 100 is one core.',
};

const memoryUsage = figure('Memory in MB.');

const REASONS: Readonly<Record<SkipReason, string>> = {
  restarting: 'docker printed zeros for a container between two runs',
  starting: 'docker printed zeros for a container that started while the sample was taken',
  no_reading: 'docker printed `--`: the container cannot be read',
  timed_out: 'docker printed `--` because the container had not answered by the deadline',
  malformed: 'docker printed a row that is not in its own format (`container` is `null` if it names none)',
};

/** The bodies of the stats routes. */
export const statsSchemas: Record<string, SchemaObject> = {
  BasicStats: {
    type: 'array',
    items: schema('BasicContainerStats'),
    description: 'The running containers by name, three figures each.',
  },
  BasicContainerStats: objectOf({ name, cpuUsage, memoryUsage } satisfies Record<
    keyof BasicContainerStats,
    SchemaObject
  >),
  FullStats: {
    ...objectOf({
      sampledAt: { type: 'string', format: 'date-time', description: 'When the sample was taken.' },
      ageMs: { type: 'integer', minimum: 0, description: 'How old the sample is, in milliseconds.' },
      durationMs: {
        type: 'integer',
        minimum: 0,
        description: 'How long docker took for it, in milliseconds.',
      },
      containers: { type: 'array', items: schema('ContainerStats') },
      skipped: {
        type: 'array',
        items: schema('SkippedRow'),
        description: 'The containers that are there and have no figures. `name` does not narrow it.',
      },
    } satisfies Record<keyof FullStats, SchemaObject>),
    description: 'The whole sample, with its age.',
  },
  ContainerStats: {
    ...objectOf({
      id: { type: 'string', pattern: '^[0-9a-f]{12,64}$', description: 'The container id.' },
      name,
      cpuUsage,
      memoryUsage,
      memoryLimit: figure('The limit of its memory in MB; that of the host where it has none.'),
      memoryPercent: figure('Memory in % of the limit.'),
      networkReceived: figure('Received over the network in MB, since the container started.'),
      networkSent: figure('Sent over the network in MB, since the container started.'),
      blockRead: figure('Read from block devices in MB, since the container started.'),
      blockWritten: figure('Written to block devices in MB, since the container started.'),
      pids: { ...figure('Processes and threads.'), type: ['integer', 'null'] },
    } satisfies Record<keyof ContainerStats, SchemaObject>),
    description: 'Every figure of one container.',
  },
  SkippedRow: objectOf({
    container: { type: ['string', 'null'], description: 'Its name, else its id, as far as docker tells it.' },
    reason: {
      type: 'string',
      enum: Object.keys(REASONS),
      description: Object.entries(REASONS)
        .map(([reason, meaning]) => `- \`${reason}\`: ${meaning}`)
        .join('\n'),
    },
  } satisfies Record<keyof SkippedRow, SchemaObject>),
};

/** A number, or `null` where docker gives none. */
function figure(description: string): SchemaObject {
  return { type: ['number', 'null'], minimum: 0, description };
}
