const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const CLOCK_WITH_SECONDS = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** Formats the time of the day: `14:03`, `14:03:22`. */
export function formatClock(time: number, withSeconds: boolean): string {
  return (withSeconds ? CLOCK_WITH_SECONDS : CLOCK).format(time);
}

/** Formats a date and its time, in the language of the user. */
export function formatDate(time: number): string {
  return DATE.format(time);
}

/** Formats how long something takes, in its largest unit: `3 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ['s', 1];
  return `${Math.floor(seconds / size)}\u00a0${unit}`;
}
