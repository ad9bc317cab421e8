import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesRegex } from '../../../test/support/prometheus/fake/matches.js';
import { readExpression, readString } from '../../../test/support/prometheus/fake/promql-reader.js';
import { matchesPattern } from '../../sampling/pattern.js';
import { formatMatcher, formatSelector, quote } from './promql.js';

/** Texts with the characters that mean something in PromQL, in a regular expression or in a pattern. */
const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('ab*?"\\\'`{}()[],=~|.+^$-/ \n\r\t\0é😀')),
    maxLength: 12,
  }),
);

/** Texts and patterns of few characters, so that patterns often match. */
const SHORT = fc.string({ unit: fc.constantFrom(...Array.from('ab*?.\\\n|😀')), maxLength: 6 });

const ATTACKS = ['"} or up{a="', '\\', '\\"', '\n', '$', '.*', 'a|b', '(?i)x', ')|(.*', '\\n', '`'];

/** Whether the matcher of the patterns selects a name. */
function isSelected(patterns: readonly string[], name: string): boolean {
  const expression = readExpression(`{${formatMatcher('host', patterns)}}`);
  if (expression.kind !== 'selector') throw new Error('not a selector');
  return matchesRegex(expression.matchers[0]?.value ?? '', name);
}

describe('quote', () => {
  it('writes a literal that a strict reader of PromQL reads back, for any text', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        expect(readString(quote(text))).toBe(text);
      }),
    );
  });

  it.each(ATTACKS)('keeps %j in the literal', (text) => {
    expect(readExpression(`up{host=${quote(text)}}`)).toEqual({
      kind: 'selector',
      matchers: [
        { label: '__name__', operator: '=', value: 'up' },
        { label: 'host', operator: '=', value: text },
      ],
    });
  });
});

describe('formatMatcher', () => {
  it('writes one matcher of the label and nothing else, for any patterns', () => {
    const patterns = fc.array(TEXT, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(patterns, (list) => {
        const expression = readExpression(formatSelector('up', [formatMatcher('host', list), 'job="x"']));
        expect(expression).toEqual({
          kind: 'selector',
          matchers: [
            { label: '__name__', operator: '=', value: 'up' },
            { label: 'host', operator: '=~', value: expect.any(String) as string },
            { label: 'job', operator: '=', value: 'x' },
          ],
        });
      }),
    );
  });

  it.each([
    ['of few characters', SHORT],
    ['of any characters', TEXT],
  ])('selects the names that a pattern matches: names and patterns %s', (_kind, texts) => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 3 }), texts, (patterns, name) => {
        expect(isSelected(patterns, name)).toBe(patterns.some((pattern) => matchesPattern(pattern, name)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(ATTACKS)('selects only the host %j with this pattern', (text) => {
    const pattern = text.replaceAll('*', '?');
    expect(isSelected([pattern], text)).toBe(true);
    expect(isSelected([pattern], 'another')).toBe(false);
  });
});

describe('formatSelector', () => {
  it('omits empty matchers', () => {
    expect(formatSelector('up', ['', 'a="b"', ''])).toBe('up{a="b"}');
  });
});
