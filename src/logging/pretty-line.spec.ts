import { describe, expect, it } from 'vitest';
import { type LogEntry, formatPrettyLine } from './pretty-line.js';

const ENTRY: LogEntry = { time: '2026-11-23T23:17:36.042Z', level: 'info', msg: 'hello', context: 'Main' };
const REQUEST: LogEntry = {
  time: ENTRY.time,
  level: 'info',
  requestId: 'r1',
  method: 'GET',
  route: '/stats',
  status: 200,
  durationMs: 3.1,
  key: 'grafana',
  remoteAddress: '127.0.0.1',
  msg: 'request completed',
};

describe('a log line on a terminal', () => {
  it('shows time, level, context and message', () => {
    expect(formatPrettyLine(ENTRY)).toMatch(/^\d\d:\d\d:36\.042 {2}INFO \[Main\] hello\n$/);
  });

  it('shows a request with its route, status and duration, and with the key or the reason of a rejection', () => {
    expect(formatPrettyLine(REQUEST)).toMatch(/^\S+ {2}INFO GET \/stats 200 3\.1 ms key=grafana\n$/);
    const rejected = { ...REQUEST, key: undefined, status: 401, reason: 'unknown' };
    expect(formatPrettyLine(rejected)).toMatch(/ GET \/stats 401 3\.1 ms reason=unknown\n$/);
    const aborted = { ...REQUEST, key: undefined, status: null, aborted: true };
    expect(formatPrettyLine(aborted)).toMatch(/ GET \/stats - 3\.1 ms, aborted by the client\n$/);
  });

  it('shows other fields after the message, and a stack below it', () => {
    const err = { stack: 'Error: broke\n    at x' };
    expect(formatPrettyLine({ ...ENTRY, level: 'error', requestId: 'r1', err })).toMatch(
      /^\S+ ERROR \[Main\] hello requestId=r1\n {4}Error: broke\n {4}at x\n$/,
    );
  });

  it('contains no control characters from the log', () => {
    const evil = '\u001b[2J\r\n\u009b1A\u202e';
    const line = formatPrettyLine({
      ...ENTRY,
      msg: `a${evil}b`,
      context: evil,
      key: evil,
      err: { stack: evil },
    });
    for (const character of ['\u001b', '\r', '\u009b', '\u202e']) expect(line).not.toContain(character);
    expect(line.split('\n')).toHaveLength(4);
  });

  it('shows the level in colour if the terminal has colours', () => {
    expect(formatPrettyLine(ENTRY, true)).toContain('\u001b[32m INFO\u001b[0m');
    expect(formatPrettyLine({ ...ENTRY, level: 'fatal' }, true)).toContain('\u001b[35mFATAL\u001b[0m');
  });
});
