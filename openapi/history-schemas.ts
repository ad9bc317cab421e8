import type {
  ContainerSummary,
  FieldSummary,
  History,
  HistorySummary,
  HostsHistory,
  HostTimes,
} from 'docker-stats-client';
import { createObjectSchema, getSchemaRef } from './builders.js';
import type { SchemaObject } from './openapi-types.js';

const HOST: SchemaObject = {
  type: 'string',
  minLength: 1,
  description: 'The name of the Docker host, if `DOCKER_HOSTS` is set.',
};
const ID: SchemaObject = { type: 'string', pattern: '^[0-9a-f]{12,64}$', description: 'The container id.' };
const NAME: SchemaObject = {
  type: 'string',
  minLength: 1,
  description: "The container's name in the last sample that had it.",
};

export const historySchemas: Record<string, SchemaObject> = {
  History: {
    ...createObjectSchema({
      sampledAt: {
        type: 'array',
        items: { type: 'string', format: 'date-time' },
        description:
          'The times of the columns: of the samples, and of the two edges of each gap. With `points`, the starts of the steps.',
      },
      containers: { type: 'array', items: getSchemaRef('ContainerHistory') },
    } satisfies Record<keyof Omit<History, 'hosts'>, SchemaObject>),
    description: 'Samples in columns.',
  },
  HostsHistory: {
    ...createObjectSchema({
      hosts: { type: 'array', items: getSchemaRef('HostTimes') },
      containers: { type: 'array', items: getSchemaRef('ContainerHistory') },
    } satisfies Record<keyof Omit<HostsHistory, 'sampledAt'>, SchemaObject>),
    description: 'Samples of Docker hosts in columns. Each host is sampled at its own times.',
  },
  HostTimes: {
    ...createObjectSchema({
      name: HOST,
      sampledAt: {
        type: 'array',
        items: { type: 'string', format: 'date-time' },
        minItems: 1,
        description: 'The times of the columns of its containers.',
      },
    } satisfies Record<keyof HostTimes, SchemaObject>),
    description: 'A Docker host that has samples.',
  },
  ContainerHistory: {
    ...createObjectSchema({ host: HOST, id: ID, name: NAME }, ['host']),
    additionalProperties: {
      type: 'array',
      items: { type: ['number', 'null'] },
      description:
        'A value per time, or `null`. With `points`, each field has three columns, such as `cpuUsage`, `cpuUsageMin` and `cpuUsageMax`.',
    },
    description: 'One container, with a column for each field of the request.',
  },
  HistorySummary: {
    ...createObjectSchema({
      since: describeSampleTime('first'),
      until: describeSampleTime('last'),
      samples: {
        type: 'integer',
        minimum: 0,
        description: 'How many samples the window has, of all hosts together.',
      },
      containers: { type: 'array', items: getSchemaRef('ContainerSummary') },
    } satisfies Record<keyof HistorySummary, SchemaObject>),
    description: 'Statistics over the window.',
  },
  ContainerSummary: {
    ...createObjectSchema(
      {
        host: HOST,
        id: ID,
        name: NAME,
        samples: {
          type: 'integer',
          minimum: 1,
          description: 'How many samples of the window have the container.',
        },
      } satisfies Record<keyof Pick<ContainerSummary, 'host' | 'id' | 'name' | 'samples'>, SchemaObject>,
      ['host'],
    ),
    additionalProperties: getSchemaRef('FieldSummary'),
    description: 'One container, with the statistics of each field of the request.',
  },
  FieldSummary: {
    ...createObjectSchema({
      min: describeStatistic('Minimum'),
      avg: describeStatistic('Average; `null` for totals such as `networkReceived`'),
      max: describeStatistic('Maximum'),
      p95: describeStatistic('95th percentile; `null` for totals'),
    } satisfies Record<keyof FieldSummary, SchemaObject>),
    description: 'The statistics of one field. `null` without a value.',
  },
};

function describeSampleTime(which: string): SchemaObject {
  return {
    type: ['string', 'null'],
    format: 'date-time',
    description: `When the ${which} sample of the window was taken; \`null\` without a sample.`,
  };
}

function describeStatistic(description: string): SchemaObject {
  return { type: ['number', 'null'], minimum: 0, description: `${description}.` };
}
