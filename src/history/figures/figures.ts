import type { Figure } from 'docker-stats-client';
import { CONTAINER_FIELDS, isFigure } from '../../sampling/container-fields.js';

/** The numeric fields of a container, in the order of the JSON: one value each per container and sample. */
export const FIGURES: readonly Figure[] = CONTAINER_FIELDS.flatMap((field) =>
  isFigure(field) ? [field.name] : [],
);
