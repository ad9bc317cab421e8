import { type StatsRow, getRowName } from './row.js';

const FIELDS = ['name', 'host', 'project', 'image'] as const;

type FilteredField = (typeof FIELDS)[number];

/** A word of the filter. */
interface Term {
  readonly fields: readonly FilteredField[];
  readonly matches: (value: string) => boolean;
}

/**
 * Keeps the rows that match all terms of the text. A term is a part of the name, host, project or image; with `*` or `?` it is
 * the whole of one of them. `project:shop` looks only at the project, and `host:web1` at the whole host. Case is ignored.
 */
export function filterRows(rows: readonly StatsRow[], text: string): readonly StatsRow[] {
  const terms = splitWords(text).map(parseTerm);
  return terms.length === 0 ? rows : rows.filter((row) => terms.every((term) => matchesTerm(row, term)));
}

/** Whether the text selects exactly this host. */
export function selectsHost(text: string, host: string): boolean {
  return splitWords(text).includes(`host:${host}`);
}

/** Selects this host in the text, instead of another one; or if it is selected, all hosts. */
export function toggleHost(text: string, host: string): string {
  const words = splitWords(text).filter((word) => !word.startsWith('host:'));
  return [...words, ...(selectsHost(text, host) ? [] : [`host:${host}`])].join(' ');
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function parseTerm(word: string): Term {
  const [, prefix, rest = ''] = /^(name|host|project|image):(.*)$/i.exec(word) ?? [];
  const field = FIELDS.find((name) => name === prefix?.toLowerCase());
  return field === undefined
    ? { fields: FIELDS, matches: createMatcher(word) }
    : { fields: [field], matches: createMatcher(rest, field === 'host') };
}

function createMatcher(pattern: string, isWhole = false): (value: string) => boolean {
  const lower = pattern.toLowerCase();
  if (!isWhole && !/[*?]/.test(lower)) return (value) => value.toLowerCase().includes(lower);
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
    case 'host':
    case 'project':
      return row[field];
    case 'image':
      return row.kind === 'container' ? row.container.image : null;
  }
}
