import { describe, expect, it } from 'vitest';
import { BASIC_FIELDS, CONTAINER_FIELDS, type ContainerField } from './container-fields.js';

/** The fields that share something, by that. */
function sharing(keyOf: (field: ContainerField) => string | undefined): ContainerField[][] {
  const keys = new Set(CONTAINER_FIELDS.map(keyOf).filter((key) => key !== undefined));
  return [...keys].map((key) => CONTAINER_FIELDS.filter((field) => keyOf(field) === key));
}

describe('the fields of a container', () => {
  it('are three in the basic view, as in the original service', () => {
    expect(BASIC_FIELDS.map(({ name }) => name)).toEqual(['name', 'cpuUsage', 'memoryUsage']);
  });

  it('have different directions where they share a metric', () => {
    for (const fields of sharing((field) => ('metric' in field ? field.metric?.name : undefined))) {
      const directions = fields.map((field) => 'direction' in field && field.direction);
      expect(new Set(directions).size).toBe(fields.length);
    }
  });

  it('share a column of the table only with a neighbour, of the same unit', () => {
    for (const fields of sharing(({ column }) => column)) {
      const first = CONTAINER_FIELDS.findIndex(({ column }) => column === fields[0]?.column);
      expect(CONTAINER_FIELDS.slice(first, first + fields.length)).toEqual(fields);
      expect(new Set(fields.map(({ unit }) => unit)).size).toBe(1);
    }
  });
});
