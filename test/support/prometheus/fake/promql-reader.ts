/** A label matcher. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** The part of PromQL that the service uses. Durations are in milliseconds. */
export type Expression =
  | { readonly kind: 'selector'; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'range'; readonly of: Expression; readonly rangeMs: number; readonly stepMs?: number }
  | {
      readonly kind: 'call';
      readonly name: string;
      /** The labels by which an aggregation groups. */
      readonly by: readonly string[];
      readonly args: readonly Expression[];
    }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string };

/** A text is not an expression. The message is like that of Prometheus. */
export class PromqlError extends Error {}

const TOKEN =
  /\s*(?:(?<name>[A-Za-z_][\w:]*)|(?<number>\d+(?:\.\d+)?(?:ms|[smhdwy])?)|(?<string>"(?:[^"\\\n]|\\[^\n])*")|(?<sign>=~|!~|!=|==|>=|[=:,(){}[\]]))/y;

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The binary operators, those that bind weakest first. */
const PRECEDENCE = [['or'], ['and', 'unless'], ['==', '!=', '>=']] as const;

interface Token {
  readonly kind: string;
  readonly text: string;
}

/** Reads an expression as strictly as Prometheus does. */
export function readExpression(text: string): Expression {
  return new PromqlReader(text).read();
}

/** Reads a string literal, which is the whole text. Rejects the escapes that Go rejects. */
export function readString(literal: string): string {
  if (!/^"(?:[^"\\\n]|\\[^\n])*"$/.test(literal)) throw new PromqlError('unterminated or invalid string');
  return literal.slice(1, -1).replace(/\\(.)/gsu, (_escape, character: string) => {
    const replacement = ESCAPES[character];
    if (replacement === undefined) throw new PromqlError(`unknown escape sequence \\${character}`);
    return replacement;
  });
}

class PromqlReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = readTokens(text);
  }

  read(): Expression {
    const expression = this.#readBinary(0);
    if (this.#next < this.#tokens.length) throw this.#fail();
    return expression;
  }

  #readBinary(level: number): Expression {
    const operators: readonly string[] | undefined = PRECEDENCE[level];
    if (operators === undefined) return this.#readRange();
    let left = this.#readBinary(level + 1);
    while (operators.includes(this.#peek())) {
      const operator = this.#take().text;
      left = { kind: 'binary', operator, left, right: this.#readBinary(level + 1) };
    }
    return left;
  }

  /** Reads an operand, and the `[1h:1m]` behind it. */
  #readRange(): Expression {
    const of = this.#readOperand();
    if (!this.#skip('[')) return of;
    const rangeMs = toMs(this.#take('number').text);
    const stepMs = this.#skip(':') ? toMs(this.#take('number').text) : undefined;
    this.#take(']');
    return { kind: 'range', of, rangeMs, ...(stepMs !== undefined && { stepMs }) };
  }

  #readOperand(): Expression {
    if (this.#skip('(')) {
      const expression = this.#readBinary(0);
      this.#take(')');
      return expression;
    }
    if (this.#peek() === '{') return { kind: 'selector', matchers: this.#readMatchers() };
    const { kind, text } = this.#take();
    if (kind === 'string') return { kind, value: readString(text) };
    if (kind === 'number') return { kind, value: Number(text) };
    if (kind !== 'name') throw this.#fail();
    const by = this.#skip('by') ? this.#readList('(', ')', () => this.#take('name').text) : [];
    if (this.#peek() === '(') return { kind: 'call', name: text, by, args: this.#readArguments() };
    const matchers = this.#peek() === '{' ? this.#readMatchers() : [];
    return { kind: 'selector', matchers: [{ label: '__name__', operator: '=', value: text }, ...matchers] };
  }

  #readArguments(): readonly Expression[] {
    return this.#readList('(', ')', () => this.#readBinary(0));
  }

  #readMatchers(): readonly Matcher[] {
    return this.#readList('{', '}', () => {
      const label = this.#take('name').text;
      const operator = this.#take().text as Matcher['operator'];
      if (!['=', '!=', '=~', '!~'].includes(operator)) throw this.#fail();
      return { label, operator, value: readString(this.#take('string').text) };
    });
  }

  #readList<T>(start: string, end: string, readItem: () => T): readonly T[] {
    this.#take(start);
    const items: T[] = [];
    while (!this.#skip(end)) {
      items.push(readItem());
      if (this.#peek() !== end) this.#take(',');
    }
    return items;
  }

  /** The text of the next token. */
  #peek(): string {
    return this.#tokens[this.#next]?.text ?? '';
  }

  #skip(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next++;
    return true;
  }

  /** Takes the next token, which must have this kind or text. */
  #take(expected?: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.#fail();
    if (expected !== undefined && token.kind !== expected && token.text !== expected) throw this.#fail();
    this.#next++;
    return token;
  }

  #fail(): PromqlError {
    return new PromqlError(`parse error: unexpected ${JSON.stringify(this.#peek())}`);
  }
}

function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let end = 0; text.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
    const [kind, value] = Object.entries(TOKEN.exec(text)?.groups ?? {}).find(([, part]) => part) ?? [];
    if (kind === undefined || value === undefined)
      throw new PromqlError(`parse error: unexpected character at ${end}`);
    tokens.push({ kind, text: value });
  }
  return tokens;
}

function toMs(text: string): number {
  const [, number = '', unit = 's'] = /^([\d.]+)([a-z]*)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? NaN);
}
