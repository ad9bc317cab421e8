import type {
  FullStats,
  HostError,
  HostSample,
  HostStatus,
  ProjectStats,
  SkippedHost,
  SkippedRow,
  SkipReason,
} from 'docker-stats-client';
import { createObjectSchema, getSchemaRef } from './builders.js';
import type { SchemaObject } from './openapi-types.js';
import {
  type ContainerField,
  getViewFields,
  HOST_FIELD,
  isFigure,
} from '../src/sampling/container-fields.js';
import { SOURCE_ERROR_CODES } from '../src/sampling/stats-source.error.js';

/** The schema of a value, by unit. */
const VALUES: Readonly<Record<ContainerField['unit'], SchemaObject & { readonly type: string }>> = {
  id: { type: 'string', pattern: '^[0-9a-f]{12,64}$' },
  text: { type: 'string', minLength: 1 },
  time: { type: 'string', format: 'date-time' },
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

const HOST: SchemaObject = { type: 'string', minLength: 1, description: 'The name of the Docker host.' };

const ERROR_CODE: SchemaObject = { type: 'string', enum: [...SOURCE_ERROR_CODES] };

const SINCE: SchemaObject = {
  type: 'string',
  format: 'date-time',
  description:
    'When the latest sample of the host was taken. If there was none, when the service first tried.',
};

const HOST_ERROR: SchemaObject = {
  oneOf: [
    createObjectSchema({
      code: ERROR_CODE,
      message: { type: 'string', description: 'Human-readable; may change.' },
      since: SINCE,
    } satisfies Record<keyof HostError, SchemaObject>),
    { type: 'null' },
  ],
  description: 'Why the host has no figures; `null` if it has.',
};

export const statsSchemas: Record<string, SchemaObject> = {
  BasicStats: {
    type: 'array',
    items: getSchemaRef('BasicContainerStats'),
    description:
      'The running containers, sorted by name, with three fields each; with several Docker hosts, sorted by host first.',
  },
  BasicContainerStats: createContainerSchema(getViewFields(undefined, true)),
  FullStats: {
    ...createObjectSchema(
      {
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
          items: { oneOf: [getSchemaRef('SkippedHost'), getSchemaRef('SkippedRow')] },
          description:
            'The hosts and the containers without figures, and why. Only the query parameter `host` filters this list.',
        },
        hosts: {
          type: 'array',
          items: getSchemaRef('HostSample'),
          description:
            'The samples of the Docker hosts, if `DOCKER_HOSTS` is set. Then `sampledAt` and `ageMs` above are those of the oldest one.',
        },
        warnings: {
          type: 'array',
          items: { type: 'string' },
          description:
            'What Prometheus warns of, such as a partial result, if `STATS_SOURCE` is `prometheus`.',
        },
      } satisfies Record<keyof FullStats, SchemaObject>,
      ['hosts', 'warnings'],
    ),
    description: 'One sample and its age.',
  },
  ContainerStats: {
    ...createContainerSchema(getViewFields('full', true)),
    description: 'All values of one container. What docker does not give is `null`.',
  },
  ProjectStats: {
    ...createObjectSchema({
      project: { type: ['string', 'null'], description: '`null` for the containers without a project.' },
      containers: { type: 'integer', minimum: 1, description: 'The number of running containers.' },
      cpuUsage: {
        type: 'number',
        minimum: 0,
        description: 'The sum of their CPU usage in %: 100 is one core.',
      },
      memoryUsage: {
        type: ['number', 'null'],
        minimum: 0,
        description: 'The sum of their memory usage in MB; `null` if the memory of one is unknown.',
      },
    } satisfies Record<keyof ProjectStats, SchemaObject>),
    description: 'The containers of one project together.',
  },
  SkippedRow: createObjectSchema(
    {
      host: HOST,
      container: {
        type: ['string', 'null'],
        description: 'Name of the container, or its id if docker gives no name, or `null`.',
      },
      id: {
        type: ['string', 'null'],
        description: 'The id of the container, if it is known; perhaps only its first 12 digits.',
      },
      project: {
        type: ['string', 'null'],
        description: 'The project of the container, if it is known.',
      },
      reason: {
        type: 'string',
        enum: Object.keys(REASONS),
        description: Object.entries(REASONS)
          .map(([reason, meaning]) => `- \`${reason}\`: ${meaning}`)
          .join('\n'),
      },
    } satisfies Record<keyof SkippedRow, SchemaObject>,
    ['host'],
  ),
  SkippedHost: {
    ...createObjectSchema({
      host: HOST,
      container: { type: 'null' },
      id: { type: 'null' },
      project: { type: 'null' },
      reason: ERROR_CODE,
      since: SINCE,
    } satisfies Record<keyof SkippedHost, SchemaObject>),
    description: 'A Docker host without figures: all its containers are missing.',
  },
  HostSample: {
    ...createObjectSchema({
      name: HOST,
      sampledAt: {
        type: ['string', 'null'],
        format: 'date-time',
        description: 'When the sample was taken; `null` if there is none.',
      },
      ageMs: {
        type: ['integer', 'null'],
        minimum: 0,
        description: 'Age of the sample in milliseconds; `null` if there is none.',
      },
      error: HOST_ERROR,
    } satisfies Record<keyof HostSample, SchemaObject>),
    description: 'The sample of one Docker host.',
  },
  HostStatus: {
    ...createObjectSchema({
      name: HOST,
      state: { type: 'string', enum: ['up', 'down'] },
      version: {
        type: ['string', 'null'],
        description: 'The version of its Docker engine; `null` if it is not known.',
      },
      containers: {
        type: ['integer', 'null'],
        minimum: 0,
        description:
          'The number of running containers with figures that the API key may see; `null` if the host is down.',
      },
      error: HOST_ERROR,
    } satisfies Record<keyof HostStatus, SchemaObject>),
    description: 'A Docker host.',
  },
};

/** Creates the schema of a container with these fields. */
function createContainerSchema(fields: readonly ContainerField[]): SchemaObject {
  const properties = fields.map((field) => {
    const { name, isNullable, description } = field;
    const { type, ...rules } = VALUES[field.unit];
    const values =
      isFigure(field) || field.values === undefined
        ? {}
        : { enum: [...field.values, ...(isNullable ? [null] : [])] };
    return [name, { type: isNullable ? [type, 'null'] : type, ...rules, ...values, description }] as const;
  });
  return createObjectSchema(Object.fromEntries(properties), [HOST_FIELD.name]);
}
