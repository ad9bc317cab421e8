import { describe, expect, it } from 'vitest';
import { type RememberedAnswer, RememberedAnswers } from './remembered-answers.js';

function answer(length: number): RememberedAnswer {
  return { etag: '"a"', text: 'x'.repeat(length - 6), receivedAt: 0 }; // with a path of three characters
}

describe('RememberedAnswers', () => {
  it('forgets those that were not used for the longest time, when there are too many characters', () => {
    const remembered = new RememberedAnswers(100);
    remembered.set('one', answer(40));
    remembered.set('two', answer(40));
    remembered.get('one');
    remembered.set('new', answer(40));
    expect(['one', 'two', 'new'].map((path) => remembered.get(path) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('counts an answer that takes the place of another one once', () => {
    const remembered = new RememberedAnswers(100);
    remembered.set('one', answer(40));
    for (let n = 0; n < 10; n++) remembered.set('two', answer(60));
    expect(remembered.get('one')).toEqual(answer(40));
  });

  it('does not keep one that is too large by itself', () => {
    const remembered = new RememberedAnswers(100);
    remembered.set('one', answer(101));
    expect(remembered.get('one')).toBeUndefined();
    remembered.set('two', answer(100));
    expect(remembered.get('two')).toEqual(answer(100));
  });
});
