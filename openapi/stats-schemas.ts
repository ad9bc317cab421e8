import type { FullStats, SkippedRow, SkipReason } from 'docker-stats-client';
import { objectOf, schema } from './answers.js';
import type { SchemaObject } from './openapi-types.js';
import { BASIC_FIELDS, CONTAINER_FIELDS, type ContainerField } from '../src/sampling/container-fields.js';

/** What the values of a unit are. */
const VALUES: Readonly<Record<ContainerField['unit'], SchemaObject & { readonly type: string }>> = {
  id: { type: 'string', pattern: '^[0-9a-f]{12,64}$' },
  text: { type: 'string', minLength: 1 },
  percent: { type: 'number', minimum: 0 },
  memory: { type: 'number', minimum: 0 },
  io: { type: 'number', minimum: 0 },
  count: { type: 'integer', minimum: 0 },
};

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
  BasicContainerStats: containerOf(BASIC_FIELDS),
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
    ...containerOf(CONTAINER_FIELDS),
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

/** A container with these fields; one that docker may not give is `null` then. */
function containerOf(fields: readonly ContainerField[]): SchemaObject {
  const properties = fields.map(({ name, unit, isNullable, description }) => {
    const { type, ...rules } = VALUES[unit];
    return [name, { type: isNullable ? [type, 'null'] : type, ...rules, description }] as const;
  });
  return objectOf(Object.fromEntries(properties));
}
