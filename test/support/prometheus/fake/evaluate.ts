import { dropName, type Labels, matchesRegex } from './matches.js';
import { OVER_TIME } from './over-time.js';
import { type Expression, PromqlError } from './promql-reader.js';
import { type Instant, type SeriesRange, type SeriesStore, toId } from './series-store.js';

type Vector = readonly Instant[];

type Call = Extract<Expression, { kind: 'call' }>;
type Range = Extract<Expression, { kind: 'range' }>;

/** The times of a range query, in milliseconds. */
export interface RangeQuery {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Evaluates an expression at a time in milliseconds. */
export function evaluate(expression: Expression, store: SeriesStore, time: number): Vector {
  switch (expression.kind) {
    case 'selector':
      return store.select(expression.matchers, time);
    case 'call':
      return assertUnique(callFunction(expression, store, time));
    case 'binary':
      return combine(expression, store, time);
    case 'range':
    case 'number':
    case 'string':
      throw new PromqlError(`unexpected ${expression.kind}`);
  }
}

/** Evaluates an expression at each step of a range. */
export function evaluateRange(
  expression: Expression,
  store: SeriesStore,
  { start, end, step }: RangeQuery,
): readonly SeriesRange[] {
  const found: Instant[] = [];
  for (let time = start; time <= end; time += step) {
    found.push(...evaluate(expression, store, time).map((instant) => ({ ...instant, at: time })));
  }
  return groupBySeries(found, (labels) => labels);
}

/** Returns the points of a range at a time. */
export function readRange(
  { of, rangeMs, stepMs }: Range,
  store: SeriesStore,
  time: number,
): readonly SeriesRange[] {
  if (stepMs !== undefined) {
    const start = (Math.floor((time - rangeMs) / stepMs) + 1) * stepMs;
    return evaluateRange(of, store, { start, end: time, step: stepMs });
  }
  if (of.kind !== 'selector') throw new PromqlError('ranges only allowed for vector selectors');
  return store.selectRange(of.matchers, time - rangeMs, time);
}

function callFunction({ name, by, args }: Call, store: SeriesStore, time: number): Vector {
  const [first, ...others] = args;
  if (first === undefined) throw new PromqlError(`expected arguments of ${name}`);
  if (name === 'vector') return [{ labels: {}, value: getNumber(first), at: time }];
  if (name in OVER_TIME) return summarizeRange(name, args, store, time);
  const vector = evaluate(first, store, time);
  switch (name) {
    case 'timestamp':
      return vector.map(({ labels, at }) => ({ labels: dropName(labels), value: at / 1000, at: time }));
    case 'count':
      return countBy(vector, by, time);
    case 'label_replace':
      return vector.map((instant) => replaceLabel(instant, others.map(getString), time));
    default:
      throw new PromqlError(`unknown function ${name}`);
  }
}

function summarizeRange(name: string, args: readonly Expression[], store: SeriesStore, time: number): Vector {
  const [range, parameter] = args.toReversed();
  if (range?.kind !== 'range') throw new PromqlError(`expected a range as the argument of ${name}`);
  const compute = OVER_TIME[name] ?? (() => NaN);
  return readRange(range, store, time).map(({ labels, points }) => ({
    labels: name === 'last_over_time' ? labels : dropName(labels),
    value: compute(
      points.map(({ value }) => value),
      parameter === undefined ? NaN : getNumber(parameter),
    ),
    at: time,
  }));
}

function countBy(vector: Vector, by: readonly string[], time: number): Vector {
  const pick = (labels: Labels): Labels =>
    Object.fromEntries(by.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
  return groupBySeries(vector, pick).map(({ labels, points }) => ({
    labels,
    value: points.length,
    at: time,
  }));
}

/** Groups instants by some of their labels. */
function groupBySeries(instants: Vector, pick: (labels: Labels) => Labels): readonly SeriesRange[] {
  const groups = new Map<string, { labels: Labels; points: Instant[] }>();
  for (const instant of instants) {
    const labels = pick(instant.labels);
    const group = groups.get(toId(labels)) ?? { labels, points: [] };
    groups.set(toId(labels), group);
    group.points.push(instant);
  }
  return [...groups.values()];
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

function combine(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  store: SeriesStore,
  time: number,
): Vector {
  const vector = evaluate(left, store, time);
  if (operator === '==') return vector.filter(({ value }) => value === getNumber(right));
  if (operator === '>=') return vector.filter(({ value }) => value >= getNumber(right));
  const other = evaluate(right, store, time);
  const isIn = (instants: Vector): ((instant: Instant) => boolean) => {
    const ids = new Set(instants.map(({ labels }) => toId(dropName(labels))));
    return ({ labels }) => ids.has(toId(dropName(labels)));
  };
  if (operator === 'and') return vector.filter(isIn(other));
  if (operator === 'or') {
    const isInLeft = isIn(vector);
    return [...vector, ...other.filter((instant) => !isInLeft(instant))];
  }
  throw new PromqlError(`unknown operator ${operator}`);
}

function assertUnique(vector: Vector): Vector {
  if (new Set(vector.map(({ labels }) => toId(labels))).size === vector.length) return vector;
  throw new PromqlError('vector cannot contain metrics with the same labelset');
}

function getNumber(expression: Expression): number {
  if (expression.kind !== 'number') throw new PromqlError('expected a number');
  return expression.value;
}

function getString(expression: Expression): string {
  if (expression.kind !== 'string') throw new PromqlError('expected a string');
  return expression.value;
}
