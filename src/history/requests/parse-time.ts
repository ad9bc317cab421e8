const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const AGO = /^(\d{1,9}(?:\.\d{1,3})?)([smhd]?)$/;

/** An instant with its zone. In a URL that is not encoded, the `+` of a zone arrives as a space. */
const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+ -]\d\d:\d\d)$/;

/**
 * Parses a time: ISO 8601 with a zone, a duration such as `5m`, or seconds; the latter two mean that long before `now`. Returns
 * milliseconds since the Unix epoch, or `undefined` for any other text.
 */
export function parseTime(text: string, now: number): number | undefined {
  const [, count, unit = ''] = AGO.exec(text) ?? [];
  // Not before 1970: JavaScript has no dates for very long durations.
  if (count !== undefined) return Math.max(now - Number(count) * (UNITS[unit] ?? 1000), 0);
  const [, date] = INSTANT.exec(text) ?? [];
  if (date === undefined || !isDate(date)) return undefined;
  const at = Date.parse(text.replace(' ', '+'));
  return Number.isNaN(at) ? undefined : at;
}

/** Whether a day exists. `Date` reads February 30 as March 2. */
function isDate(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
