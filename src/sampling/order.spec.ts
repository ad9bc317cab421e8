import { describe, expect, it } from 'vitest';
import { compare, compareContainers, sortByName } from './order.js';

describe('compare', () => {
  it('orders texts by their UTF-16 code units, not as people of a locale do', () => {
    const texts = ['\uFF61', 'ä', '😀', 'z', 'a-b', 'ab', 'B', '', 'a10', 'a9'];
    expect(texts.toSorted(compare)).toEqual(['', 'B', 'a-b', 'a10', 'a9', 'ab', 'z', 'ä', '😀', '\uFF61']);
  });

  it('orders numbers by their value', () => {
    expect([10, 9, -1].toSorted(compare)).toEqual([-1, 9, 10]);
  });

  it('is 0 for equal values', () => {
    expect(compare('a', 'a')).toBe(0);
  });
});

describe('compareContainers', () => {
  it('orders by host, then by name, then by id', () => {
    const sorted = [
      { name: 'z', id: '9' },
      { host: 'web1', name: 'a', id: '3' },
      { host: 'web1', name: 'b', id: '1' },
      { host: 'web1', name: 'b', id: '2' },
      { host: 'web2', name: 'a', id: '0' },
    ];
    expect(sorted.toReversed().toSorted(compareContainers)).toEqual(sorted);
  });
});

it('sortByName orders hosts by name, and leaves the list as it is', () => {
  const hosts = [{ name: 'web10' }, { name: 'web1' }, { name: 'Db' }];
  expect(sortByName(hosts).map(({ name }) => name)).toEqual(['Db', 'web1', 'web10']);
  expect(hosts[0]?.name).toBe('web10');
});
