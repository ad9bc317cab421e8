import { createHash } from 'node:crypto';
import { PIECE_BYTES } from '../../http/responses/send-body.js';
import { type BodyEnds, SharedBody } from '../../http/responses/shared-body.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

/** Smaller bodies are not worth compressing. */
const MIN_COMPRESSED_BYTES = 1024;

/** What ends an event, behind the newline of its data. */
const EVENT_END = Buffer.from('\n');

/** What is sent of a sample. */
export interface Content {
  /** Its media type, as `Content-Type` says it; that of JSON if it is left out. */
  readonly type?: string;
  /** The beginning of the text, where that depends on the age at the time of sending. ASCII, below 64 KiB. */
  readonly head?: (ageMs: number) => string;
  /** The rest of it; never empty. */
  readonly body: string;
}

/** One view of one sample as bytes, which are made once and sent to all who ask. */
export class Representation {
  /** When its sample was taken, ISO 8601. */
  readonly sampledAt: string;
  /** Its media type, as `Content-Type` says it. */
  readonly type: string;
  readonly isCompressible: boolean;
  readonly #body: SharedBody;
  readonly #text: string | undefined;
  readonly #tag: string;
  readonly #head: Content['head'];

  constructor(
    readonly sample: StatsSample,
    { type = 'application/json; charset=utf-8', head, body }: Content,
  ) {
    this.sampledAt = sample.sampledAt.toISOString();
    this.type = type;
    this.#head = head;
    this.#body = new SharedBody(Buffer.from(body));
    this.#text = this.isLarge ? undefined : body;
    this.isCompressible = this.#body.size > MIN_COMPRESSED_BYTES;
    const hash = createHash('sha256').update(`${this.sampledAt} ${sample.partOf?.scope ?? ''}`);
    this.#tag = hash.update(this.#body.bytes).digest('base64url').slice(0, 22);
  }

  /** How many bytes are kept of it, uncompressed. */
  get size(): number {
    return this.#body.size;
  }

  /** Whether it is more than a connection takes at once. */
  get isLarge(): boolean {
    return this.size > PIECE_BYTES;
  }

  /** Of this sample, scope and bytes alone; weak where the age in the body may differ (RFC 9110, section 8.8.1). */
  etag(encoding: 'identity' | 'gzip'): string {
    const tag = encoding === 'gzip' ? `"${this.#tag}-gzip"` : `"${this.#tag}"`;
    return this.#head === undefined ? tag : `W/${tag}`;
  }

  /** What {@link identity} gives, as one text; `undefined` if it is large. */
  text(ageMs: number): string | undefined {
    return this.#text === undefined ? undefined : (this.#head?.(ageMs) ?? '') + this.#text;
  }

  /** The text, in pieces of which all who ask share the large one. */
  identity(ageMs: number): readonly Buffer[] {
    return this.#body.identity(this.#endsAt(ageMs));
  }

  /** The text compressed, in pieces: all but the head once, off the event loop. */
  gzip(ageMs: number): Promise<readonly Buffer[]> {
    return this.#body.gzip(this.#endsAt(ageMs));
  }

  /** The text, which must be one line with its newline, such as JSON, as a server-sent event, in pieces. */
  event(ageMs: number): readonly Buffer[] {
    const head = Buffer.from(`id: ${this.sampledAt}\nevent: stats\ndata: `);
    return [head, ...this.identity(ageMs), EVENT_END];
  }

  #endsAt(ageMs: number): BodyEnds {
    return this.#head === undefined ? {} : { head: Buffer.from(this.#head(ageMs)) };
  }
}
