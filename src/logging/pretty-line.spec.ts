import { describe, expect, it } from 'vitest';
import { type LogEntry, prettyLine } from './pretty-line.js';

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

describe('prettyLine', () => {
  it('says when, how grave, who and what', () => {
    expect(prettyLine(ENTRY)).toMatch(/^\d\d:\d\d:36\.042 {2}INFO \[Main\] hello\n$/);
  });

  it('says of a request what was asked, how it ended, and whose key it was or why it was not let in', () => {
    expect(prettyLine(REQUEST)).toMatch(/^\S+ {2}INFO GET \/stats 200 3\.1 ms key=grafana\n$/);
    const refused = { ...REQUEST, key: undefined, status: 401, reason: 'unknown' };
    expect(prettyLine(refused)).toMatch(/ GET \/stats 401 3\.1 ms reason=unknown\n$/);
    const gone = { ...REQUEST, key: undefined, status: null, aborted: true };
    expect(prettyLine(gone)).toMatch(/ GET \/stats - 3\.1 ms, the client went away\n$/);
  });

  it('has the other fields behind the message, and the stack below', () => {
    const err = { stack: 'Error: broke\n    at x' };
    expect(prettyLine({ ...ENTRY, level: 'error', requestId: 'r1', err })).toMatch(
      /^\S+ ERROR \[Main\] hello requestId=r1\n {4}Error: broke\n {4}at x\n$/,
    );
  });

  it('lets nothing through that a terminal would obey', () => {
    const evil = '\u001b[2J\r\n\u009b1A\u202e';
    const line = prettyLine({ ...ENTRY, msg: `a${evil}b`, context: evil, key: evil, err: { stack: evil } });
    for (const character of ['\u001b', '\r', '\u009b', '\u202e']) expect(line).not.toContain(character);
    expect(line.split('\n')).toHaveLength(4);
  });

  it('paints where the terminal has colours', () => {
    expect(prettyLine(ENTRY, true)).toContain('\u001b[32m INFO\u001b[0m');
    expect(prettyLine({ ...ENTRY, level: 'fatal' }, true)).toContain('\u001b[35mFATAL\u001b[0m');
  });
});
