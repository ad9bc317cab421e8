/** A parsed line of the log. */
export interface LogEntry {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly context?: string;
  readonly err?: { readonly stack?: string };
  /** Other fields, such as those of a request. */
  readonly [field: string]: unknown;
}

/** Select Graphic Rendition (ECMA-48, section 8.3.117). */
const COLORS = { dim: 2, red: 31, green: 32, yellow: 33, magenta: 35 } as const;

type Color = keyof typeof COLORS;

const LEVEL_COLORS: Readonly<Record<string, Color>> = {
  fatal: 'magenta',
  error: 'red',
  warn: 'yellow',
  info: 'green',
};

/** Fields that are formatted in their own way, not as `name=value`. */
const FORMATTED_FIELDS: ReadonlySet<string> = new Set(['time', 'level', 'msg', 'context', 'err']);

/** Formats a line of the log for a terminal, with local time. A request is shown with its method, route, status and duration. */
export function formatPrettyLine(entry: LogEntry, hasColors = false): string {
  const paint = (color: Color, text: string): string =>
    hasColors ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;

  const { level, context, err } = entry;
  const head = [
    paint('dim', formatLocalTime(entry.time)),
    paint(LEVEL_COLORS[level] ?? 'dim', level.toUpperCase().padStart(5)),
    ...(context === undefined ? [] : [paint('yellow', `[${sanitize(context)}]`)]),
    sanitize('route' in entry ? formatRequest(entry) : entry.msg),
  ];
  const fields = Object.entries('route' in entry ? { key: entry['key'], reason: entry['reason'] } : entry)
    .filter(([name, value]) => !FORMATTED_FIELDS.has(name) && value !== undefined)
    .map(([name, value]) => paint('dim', sanitize(`${name}=${String(value)}`)));
  const stack = err?.stack?.split('\n').map((line) => `\n    ${sanitize(line)}`) ?? [];
  return `${[...head, ...fields].join(' ')}${stack.join('')}\n`;
}

function formatRequest({ method, route, status, durationMs, aborted }: LogEntry): string {
  const end = aborted === true ? ', aborted by the client' : '';
  return `${String(method)} ${String(route)} ${status === null ? '-' : (status as number)} ${String(durationMs)} ms${end}`;
}

/** Removes line breaks and control characters: a terminal would obey them. */
function sanitize(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function formatLocalTime(iso: string): string {
  const time = new Date(iso);
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
