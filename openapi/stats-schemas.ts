import type { FullStats, SkippedRow, SkipReason } from 'docker-stats-client';
import { createObjectSchema, getSchemaRef } from './builders.js';
import type { SchemaObject } from './openapi-types.js';
import { BASIC_FIELDS, CONTAINER_FIELDS, type ContainerField } from '../src/sampling/container-fields.js';

/** The schema of a value, by unit. */
const VALUES: Readonly<Record<ContainerField['unit'], SchemaObject & { readonly type: string }>> = {
  id: { type: 'string', pattern: '^[0-9a-f]{12,64}$' },
  text: { type: 'string', minLength: 1 },
  percent: { type: 'number', minimum: 0 },
  memory: { type: 'number', minimum: 0 },
  io: { type: 'number', minimum: 0 },
  count: { type: 'integer', minimum: 0 },
};

const REASONS: Readonly<Record<SkipReason, string>> = {
  restarting: 'docker printed zeros because the container is restarting',
  starting: 'docker printed zeros because the container started while the sample was taken',
  no_reading: 'docker printed `--` instead of figures',
  timed_out: 'docker printed `--` because it did not have the figures by the deadline',
  malformed: "the row is not in docker's format (`container` is `null` if the row has no name or id)",
};

export const statsSchemas: Record<string, SchemaObject> = {
  BasicStats: {
    type: 'array',
    items: getSchemaRef('BasicContainerStats'),
    description: 'The running containers, sorted by name, with three fields each.',
  },
  BasicContainerStats: createContainerSchema(BASIC_FIELDS),
  FullStats: {
    ...createObjectSchema({
      sampledAt: { type: 'string', format: 'date-time', description: 'When the sample was taken.' },
      ageMs: { type: 'integer', minimum: 0, description: 'Age of the sample in milliseconds.' },
      durationMs: {
        type: 'integer',
        minimum: 0,
        description: 'How long `docker stats` took, in milliseconds.',
      },
      containers: { type: 'array', items: getSchemaRef('ContainerStats') },
      skipped: {
        type: 'array',
        items: getSchemaRef('SkippedRow'),
        description:
          'The containers without figures, and why. The parameter `name` does not filter this list.',
      },
    } satisfies Record<keyof FullStats, SchemaObject>),
    description: 'One sample and its age.',
  },
  ContainerStats: {
    ...createContainerSchema(CONTAINER_FIELDS),
    description: 'All figures of one container.',
  },
  SkippedRow: createObjectSchema({
    container: {
      type: ['string', 'null'],
      description: 'Name of the container, or its id if docker gives no name, or `null`.',
    },
    reason: {
      type: 'string',
      enum: Object.keys(REASONS),
      description: Object.entries(REASONS)
        .map(([reason, meaning]) => `- \`${reason}\`: ${meaning}`)
        .join('\n'),
    },
  } satisfies Record<keyof SkippedRow, SchemaObject>),
};

/** Creates the schema of a container with these fields. */
function createContainerSchema(fields: readonly ContainerField[]): SchemaObject {
  const properties = fields.map(({ name, unit, isNullable, description }) => {
    const { type, ...rules } = VALUES[unit];
    return [name, { type: isNullable ? [type, 'null'] : type, ...rules, description }] as const;
  });
  return createObjectSchema(Object.fromEntries(properties));
}
