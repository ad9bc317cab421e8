import { matchesRegex, type Labels } from './matches.js';
import { type Expression, PromqlError } from './promql-reader.js';
import { type Instant, type SeriesStore, toId } from './series-store.js';

type Vector = readonly Instant[];

/** Evaluates an expression at a time. */
export function evaluate(expression: Expression, store: SeriesStore, time: number): Vector {
  switch (expression.kind) {
    case 'selector':
      return store.select(expression.matchers, time);
    case 'call':
      return callFunction(expression.name, expression.args, store, time);
    case 'binary':
      return combine(expression, store, time);
    case 'range':
    case 'number':
    case 'string':
      throw new PromqlError(`unexpected ${expression.kind}`);
  }
}

function callFunction(
  name: string,
  [first, ...others]: readonly Expression[],
  store: SeriesStore,
  time: number,
): Vector {
  if (first === undefined) throw new PromqlError(`expected arguments of ${name}`);
  if (name === 'vector') return [{ labels: {}, value: getNumber(first), at: time }];
  if (name === 'max_over_time') return findMaximum(first, store, time);
  const vector = evaluate(first, store, time);
  switch (name) {
    case 'timestamp':
      return vector.map(({ labels, at }) => ({ labels: dropName(labels), value: at, at: time }));
    case 'count':
      return vector.length === 0 ? [] : [{ labels: {}, value: vector.length, at: time }];
    case 'label_replace':
      return vector.map((instant) => replaceLabel(instant, others.map(getString), time));
    default:
      throw new PromqlError(`unknown function ${name}`);
  }
}

/** Replaces only the whole value of a label, without references to groups. */
function replaceLabel(
  { labels, value }: Instant,
  [to = '', replacement = '', from = '', regex = '']: readonly string[],
  time: number,
): Instant {
  const isMatch = matchesRegex(regex, labels[from] ?? '');
  return { labels: isMatch ? { ...labels, [to]: replacement } : labels, value, at: time };
}

function findMaximum(range: Expression, store: SeriesStore, time: number): Vector {
  if (range.kind !== 'range' || range.stepS === undefined) throw new PromqlError('expected a subquery');
  const { of, rangeS, stepS } = range;
  const found = new Map<string, Instant>();
  for (let at = Math.ceil((time - rangeS) / stepS) * stepS; at <= time; at += stepS) {
    for (const { labels, value } of evaluate(of, store, at)) {
      const id = toId(dropName(labels));
      const maximum = Math.max(found.get(id)?.value ?? -Infinity, value);
      found.set(id, { labels: dropName(labels), value: maximum, at: time });
    }
  }
  return [...found.values()];
}

function combine(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  store: SeriesStore,
  time: number,
): Vector {
  const vector = evaluate(left, store, time);
  if (operator === '==') return vector.filter(({ value }) => value === getNumber(right));
  const other = evaluate(right, store, time);
  const isIn = (instants: Vector): ((instant: Instant) => boolean) => {
    const ids = new Set(instants.map(({ labels }) => toId(dropName(labels))));
    return ({ labels }) => ids.has(toId(dropName(labels)));
  };
  if (operator === 'and') return vector.filter(isIn(other));
  if (operator === 'or') return [...vector, ...other.filter((instant) => !isIn(vector)(instant))];
  throw new PromqlError(`unknown operator ${operator}`);
}

function dropName({ __name__: _name, ...labels }: Labels): Labels {
  return labels;
}

function getNumber(expression: Expression): number {
  if (expression.kind !== 'number') throw new PromqlError('expected a number');
  return expression.value;
}

function getString(expression: Expression): string {
  if (expression.kind !== 'string') throw new PromqlError('expected a string');
  return expression.value;
}
