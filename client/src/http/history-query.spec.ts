import { describe, expect, it } from 'vitest';
import { formatHistoryQuery } from './history-query.js';

describe('formatHistoryQuery', () => {
  it('is empty without options', () => {
    expect(formatHistoryQuery({})).toBe('');
  });

  it('contains every option', () => {
    const query = formatHistoryQuery({
      name: ['web-*', 'db'],
      since: '5m',
      until: 60,
      fields: ['cpuUsage', 'networkSentRate'],
      points: 200,
      sort: '-cpuUsage',
      limit: 5,
    });
    expect([...new URLSearchParams(query)]).toEqual([
      ['name', 'db'],
      ['name', 'web-*'],
      ['sort', '-cpuUsage'],
      ['limit', '5'],
      ['since', '5m'],
      ['until', '60'],
      ['fields', 'cpuUsage,networkSentRate'],
      ['points', '200'],
    ]);
    expect(formatHistoryQuery({ view: 'summary' })).toBe('?view=summary');
  });

  it('formats dates, and encodes the zone of a time', () => {
    const query = formatHistoryQuery({ since: new Date(0), until: '2027-01-31T12:00:00+01:00' });
    expect(query).toBe('?since=1970-01-01T00%3A00%3A00.000Z&until=2027-01-31T12%3A00%3A00%2B01%3A00');
  });

  it('rejects an empty list of fields, an empty list of names and an invalid date', () => {
    expect(() => formatHistoryQuery({ fields: [] })).toThrow(RangeError);
    expect(() => formatHistoryQuery({ name: [] })).toThrow(RangeError);
    expect(() => formatHistoryQuery({ since: new Date(NaN) })).toThrow(RangeError);
  });
});
