import { describe, expect, it } from 'vitest';
import { BASIC_FIELDS, CONTAINER_FIELDS, type ContainerField } from './container-fields.js';

/** Groups the fields by a key; fields without a key are left out. */
function groupBy(getKey: (field: ContainerField) => string | undefined): ContainerField[][] {
  const keys = new Set(CONTAINER_FIELDS.map(getKey).filter((key) => key !== undefined));
  return [...keys].map((key) => CONTAINER_FIELDS.filter((field) => getKey(field) === key));
}

describe('CONTAINER_FIELDS', () => {
  it('has the three fields of the public contract in the basic view', () => {
    expect(BASIC_FIELDS.map(({ name }) => name)).toEqual(['name', 'cpuUsage', 'memoryUsage']);
  });

  it('gives fields that share a metric different directions', () => {
    for (const fields of groupBy((field) => ('metric' in field ? field.metric?.name : undefined))) {
      const directions = fields.map((field) => 'direction' in field && field.direction);
      expect(new Set(directions).size).toBe(fields.length);
    }
  });

  it('lets only adjacent fields of the same unit share a table column', () => {
    for (const fields of groupBy(({ column }) => column)) {
      const first = CONTAINER_FIELDS.findIndex(({ column }) => column === fields[0]?.column);
      expect(CONTAINER_FIELDS.slice(first, first + fields.length)).toEqual(fields);
      expect(new Set(fields.map(({ unit }) => unit)).size).toBe(1);
    }
  });
});
