import { createHash } from 'node:crypto';
import { CHUNK_BYTES } from '../../http/responses/send-body.js';
import { type BodyEnds, SharedBody } from '../../http/responses/shared-body.js';
import type { StatsSample } from '../../sampling/stats-sample.js';

/** Compressing smaller bodies does not pay off. */
const MIN_COMPRESSED_BYTES = 1024;

/** The blank line that ends an event. */
const EVENT_END = Buffer.from('\n');

/** The content of a response or event. */
export interface Content {
  /** The value of `Content-Type`; JSON by default. */
  readonly type?: string;
  /** The beginning of the text, if it contains the age at the time of sending. ASCII, below 64 KiB. */
  readonly head?: (ageMs: number) => string;
  /** The rest of the text; never empty. */
  readonly body: string | Buffer;
}

/** One view of one sample as bytes, shared by all responses that send it. */
export class Representation {
  /** When the sample was taken, ISO 8601. */
  readonly sampledAt: string;
  /** The value of `Content-Type`. */
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
    this.#body = new SharedBody(typeof body === 'string' ? Buffer.from(body) : body);
    this.#text = this.isLarge ? undefined : body.toString();
    this.isCompressible = this.#body.size > MIN_COMPRESSED_BYTES;
    const hash = createHash('sha256').update(`${this.sampledAt} ${sample.partOf?.scope ?? ''}`);
    this.#tag = hash.update(this.#body.bytes).digest('base64url').slice(0, 22);
  }

  /** The uncompressed size in bytes. */
  get size(): number {
    return this.#body.size;
  }

  /** Whether it is sent in several pieces. */
  get isLarge(): boolean {
    return this.size > CHUNK_BYTES;
  }

  /** The ETag, unique per sample, scope and bytes; weak if the body contains the age (RFC 9110, section 8.8.1). */
  etag(encoding: 'identity' | 'gzip'): string {
    const tag = encoding === 'gzip' ? `"${this.#tag}-gzip"` : `"${this.#tag}"`;
    return this.#head === undefined ? tag : `W/${tag}`;
  }

  /** The uncompressed body as one string; `undefined` if it is large. */
  text(ageMs: number): string | undefined {
    return this.#text === undefined ? undefined : (this.#head?.(ageMs) ?? '') + this.#text;
  }

  /** The uncompressed body as buffers; all responses share the large one. */
  identity(ageMs: number): readonly Buffer[] {
    return this.#body.identity(this.#createEnds(ageMs));
  }

  /** The compressed body as buffers. All but the head is compressed only once, and not on the event loop. */
  gzip(ageMs: number): Promise<readonly Buffer[]> {
    return this.#body.gzip(this.#createEnds(ageMs));
  }

  /** The body as a server-sent event, in buffers. The body must be a single line that ends with a newline, such as JSON. */
  toEvent(ageMs: number): readonly Buffer[] {
    const head = Buffer.from(`id: ${this.sampledAt}\nevent: stats\ndata: `);
    return [head, ...this.identity(ageMs), EVENT_END];
  }

  #createEnds(ageMs: number): BodyEnds {
    return this.#head === undefined ? {} : { head: Buffer.from(this.#head(ageMs)) };
  }
}
