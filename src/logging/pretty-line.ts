/** A line of the log, parsed: what the pretty form needs of it. */
export interface LogEntry {
  readonly time: string;
  readonly level: string;
  readonly msg: string;
  readonly context?: string;
  readonly err?: { readonly stack?: string };
  /** Further fields, such as those of a request. */
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

/** Fields that the line has in words. */
const IN_WORDS: ReadonlySet<string> = new Set(['time', 'level', 'msg', 'context', 'err']);

/** A line of the log for a person: local time, level, context and message; of a request what was asked, and how it ended. */
export function prettyLine(entry: LogEntry, hasColors = false): string {
  const paint = (color: Color, text: string): string =>
    hasColors ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;

  const { level, context, err } = entry;
  const head = [
    paint('dim', localTime(entry.time)),
    paint(LEVEL_COLORS[level] ?? 'dim', level.toUpperCase().padStart(5)),
    ...(context === undefined ? [] : [paint('yellow', `[${onOneLine(context)}]`)]),
    onOneLine('route' in entry ? requestText(entry) : entry.msg),
  ];
  const fields = Object.entries('route' in entry ? { key: entry['key'], reason: entry['reason'] } : entry)
    .filter(([name, value]) => !IN_WORDS.has(name) && value !== undefined)
    .map(([name, value]) => paint('dim', onOneLine(`${name}=${String(value)}`)));
  const stack = err?.stack?.split('\n').map((line) => `\n    ${onOneLine(line)}`) ?? [];
  return `${[...head, ...fields].join(' ')}${stack.join('')}\n`;
}

function requestText({ method, route, status, durationMs, aborted }: LogEntry): string {
  const end = aborted === true ? ', the client went away' : '';
  return `${String(method)} ${String(route)} ${status === null ? '-' : (status as number)} ${String(durationMs)} ms${end}`;
}

/** Nothing that a terminal would obey. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function localTime(iso: string): string {
  const time = new Date(iso);
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
