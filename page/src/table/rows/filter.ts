import { type StatsRow, getRowName } from './row.js';

type FilteredField = 'name' | 'project' | 'image';

const FIELDS: readonly FilteredField[] = ['name', 'project', 'image'];

/** A word of the filter. */
interface Term {
  readonly fields: readonly FilteredField[];
  readonly matches: (value: string) => boolean;
}

/**
 * Keeps the rows that match all terms of the text. A term is a part of the name, project or image; with `*` or `?` it is
 * the whole of one of them. `project:shop` looks only at the project. Case is ignored.
 */
export function filterRows(rows: readonly StatsRow[], text: string): readonly StatsRow[] {
  const terms = text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(parseTerm);
  return terms.length === 0 ? rows : rows.filter((row) => terms.every((term) => matchesTerm(row, term)));
}

function parseTerm(word: string): Term {
  const [, prefix, rest = ''] = /^(name|project|image):(.*)$/i.exec(word) ?? [];
  const field = FIELDS.find((name) => name === prefix?.toLowerCase());
  return field === undefined
    ? { fields: FIELDS, matches: createMatcher(word) }
    : { fields: [field], matches: createMatcher(rest) };
}

function createMatcher(pattern: string): (value: string) => boolean {
  const lower = pattern.toLowerCase();
  if (!/[*?]/.test(lower)) return (value) => value.toLowerCase().includes(lower);
  const source = lower.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/\*+/g, '.*');
  const expression = new RegExp(`^${source.replaceAll('?', '.')}$`, 'su');
  return (value) => expression.test(value.toLowerCase());
}

function matchesTerm(row: StatsRow, { fields, matches }: Term): boolean {
  return fields.some((field) => {
    const value = getValue(row, field);
    return value !== null && matches(value);
  });
}

function getValue(row: StatsRow, field: FilteredField): string | null {
  switch (field) {
    case 'name':
      return getRowName(row);
    case 'project':
      return row.project;
    case 'image':
      return row.kind === 'container' ? row.container.image : null;
  }
}
