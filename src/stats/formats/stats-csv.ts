import type { TimeSlices } from '../../sampling/time-slices.js';

/** Formats objects as CSV with a header line (RFC 4180), in the units of the JSON. A missing value is empty. */
export async function formatCsv<F extends string>(
  rows: readonly { readonly [N in F]?: string | number | null }[],
  fields: readonly F[],
  slices: TimeSlices,
): Promise<string> {
  const lines = await slices.map(rows, (row) =>
    fields.map((field) => formatField(row[field] ?? '')).join(','),
  );
  return [fields.join(','), ...lines, ''].join('\r\n');
}

/** A spreadsheet runs a text that starts like this as a formula. The labels of a container may have any text. */
const FORMULA = /^[=+\-@\t\r]/;

/** Formats one CSV field, in quotes if it needs them (RFC 4180). A `'` before a formula makes it text for spreadsheets. */
export function formatField(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
