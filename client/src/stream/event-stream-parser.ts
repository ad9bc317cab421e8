/** A server-sent event. */
export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

/**
 * Parses server-sent events (WHATWG HTML, section 9.2.6) from bytes that may be split anywhere. Ignores event ids, because
 * the service does not resume a stream.
 */
export class EventStreamParser {
  /** The last `retry:` of the server, in milliseconds. */
  retryMs: number | undefined;
  readonly #decoder = new TextDecoder(); // removes a byte order mark
  #endedWithReturn = false;
  /** The pieces of an incomplete line. */
  #line: string[] = [];
  #data: string[] = [];
  #type = '';
  #pendingLength = 0;

  /** Length of the incomplete event, in characters. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** Adds bytes and returns the events that they complete. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    const isSecondHalf = this.#endedWithReturn && text.startsWith('\n');
    this.#endedWithReturn = text.endsWith('\r');
    if (isSecondHalf) text = text.slice(1); // the LF of a CRLF: its CR has already ended the line
    const pieces = text.split(/\r\n|\r|\n/);
    return pieces.flatMap((piece, n) => this.#addPiece(piece, n < pieces.length - 1) ?? []);
  }

  #addPiece(piece: string, endsLine: boolean): ServerSentEvent | undefined {
    this.#pendingLength += piece.length;
    this.#line.push(piece);
    if (!endsLine) return undefined;
    const line = this.#line.join('');
    this.#line = [];
    if (line === '') return this.#dispatch();
    this.#parseField(line);
    return undefined;
  }

  #parseField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    if (name === 'event') this.#type = value;
    if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  #dispatch(): ServerSentEvent | undefined {
    const [type, data] = [this.#type || 'message', this.#data];
    this.#type = '';
    this.#data = [];
    this.#pendingLength = 0;
    return data.length === 0 ? undefined : { type, data: data.join('\n') };
  }
}
