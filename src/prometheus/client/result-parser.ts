import { createFormatError, createResponseError } from './prometheus-failures.js';

/** The labels of a series. */
export type Labels = Readonly<Record<string, string | undefined>>;

/** A time in seconds since the Unix epoch, and a value as text. */
export type Point = readonly [time: number, value: string];

/** A row of a result: `value` of an instant query, `values` of a range query. */
export interface Row {
  readonly metric: Labels;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

/** The JSON of a response. */
interface Envelope {
  readonly status?: unknown;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly result?: unknown };
  readonly warnings?: readonly string[];
  /** VictoriaMetrics: whether a storage node did not respond. */
  readonly isPartial?: boolean;
}

const RESULT = '"result":[';

/** Where {@link RESULT} is found at the latest. */
const MAX_HEAD_LENGTH = 1000;

/** Ends a row and begins the next one. A label value cannot contain it: there, the quotes are escaped. */
const ROW_BOUNDARY = ']},{"metric":';

const PARTIAL = 'The result is partial: not all storage nodes responded';

/**
 * Parses the response of a query while it arrives, row by row: `JSON.parse` of the whole text would block the event loop, for
 * 10,000 containers for a quarter of a second. A response in another layout is parsed as a whole.
 */
export class ResultParser {
  #head = '';
  #rest = '';
  #hasOtherLayout = false;

  constructor(
    private readonly status: number,
    private readonly onRow: (row: Row) => void,
  ) {}

  /** Adds the next part of the text. */
  add(text: string): void {
    this.#rest += text;
    if (this.#head === '') {
      if (this.#hasOtherLayout) return;
      const start = this.#rest.indexOf(RESULT);
      this.#hasOtherLayout = start === -1 && this.#rest.length > MAX_HEAD_LENGTH;
      if (start === -1) return;
      this.#head = this.#rest.slice(0, start + RESULT.length);
      this.#rest = this.#rest.slice(start + RESULT.length);
    }
    const boundary = this.#rest.lastIndexOf(ROW_BOUNDARY);
    if (boundary === -1) return;
    const end = boundary + 2; // after the `]}` of the row
    this.#emit(parse(`[${this.#rest.slice(0, end)}]`) as readonly Row[]);
    this.#rest = this.#rest.slice(end + 1);
  }

  /**
   * Parses the end of the text. Returns the warnings of the storage.
   *
   * @throws {StatsSourceError} if the response is an error, or not one of the API
   */
  end(): readonly string[] {
    const text = this.#head + this.#rest;
    const isError = this.status !== 200;
    if (isError && !text.trimStart().startsWith('{')) throw createResponseError(this.status, text);
    const { status, errorType, error, data, warnings = [], isPartial } = (parse(text) ?? {}) as Envelope;
    if (isError || status === 'error') throw createResponseError(this.status, error ?? text, errorType);
    if (status !== 'success' || !Array.isArray(data?.result)) throw createFormatError(text);
    this.#emit(data.result as readonly Row[]);
    return isPartial === true ? [...warnings, PARTIAL] : warnings;
  }

  /** @throws {StatsSourceError} if a row is not a series */
  #emit(rows: readonly Row[]): void {
    for (const row of rows) {
      if (!isRow(row)) throw createFormatError(JSON.stringify(row));
      this.onRow(row);
    }
  }
}

/** Whether a value has the labels of a series: a number, for example, has none. */
function isRow(value: Row | null): value is Row {
  return typeof value?.metric === 'object';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw createFormatError(text);
  }
}
