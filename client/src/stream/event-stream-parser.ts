/** A server-sent event. */
export interface ServerSentEvent {
  readonly type: string;
  readonly data: string;
}

/**
 * Reads a stream of server-sent events as its bytes come, split anywhere (WHATWG HTML, section 9.2.6). Ids are left out:
 * the service does not resume.
 */
export class EventStreamParser {
  /** The last `retry:` of the server. */
  retryMs: number | undefined;
  readonly #decoder = new TextDecoder(); // takes a byte order mark away
  #endedWithReturn = false;
  /** The beginning of a line, in pieces. */
  #line: string[] = [];
  #data: string[] = [];
  #type = '';
  #pendingLength = 0;

  /** How many characters are kept of an event that has not come whole. */
  get pendingLength(): number {
    return this.#pendingLength;
  }

  /** The events that are whole with these bytes. */
  push(bytes: Uint8Array): ServerSentEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    const isSecondHalf = this.#endedWithReturn && text.startsWith('\n');
    this.#endedWithReturn = text.endsWith('\r');
    if (isSecondHalf) text = text.slice(1); // of a CRLF, whose first half has ended the line
    const pieces = text.split(/\r\n|\r|\n/);
    return pieces.flatMap((piece, n) => this.#piece(piece, n < pieces.length - 1) ?? []);
  }

  #piece(piece: string, endsLine: boolean): ServerSentEvent | undefined {
    this.#pendingLength += piece.length;
    this.#line.push(piece);
    if (!endsLine) return undefined;
    const line = this.#line.join('');
    this.#line = [];
    if (line === '') return this.#dispatch();
    this.#field(line);
    return undefined;
  }

  #field(line: string): void {
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
