import { createHash } from 'node:crypto';
import { SharedBody } from '../../http/responses/shared-body.js';
import type { TimeSlices } from '../../sampling/time-slices.js';

/** Compressing smaller bodies does not pay off. */
const MIN_COMPRESSED_BYTES = 1024;

/** The body of a response, shared by all responses that send it. */
export class HistoryBody {
  private constructor(
    readonly body: SharedBody,
    /** The value of `Content-Type`. */
    readonly type: string,
    /** When the newest sample of the history was taken, ISO 8601; `undefined` without a sample. */
    readonly sampledAt: string | undefined,
    private readonly tag: string,
  ) {}

  /** Creates a body from its text. */
  static async create(
    chunks: readonly Buffer[],
    type: string,
    sampledAt: string | undefined,
    slices: TimeSlices,
  ): Promise<HistoryBody> {
    const hash = createHash('sha256').update(type);
    await slices.forEach(chunks, (chunk) => hash.update(chunk));
    const tag = hash.digest('base64url').slice(0, 22);
    return new HistoryBody(new SharedBody(Buffer.concat(chunks)), type, sampledAt, tag);
  }

  /** The uncompressed size in bytes. */
  get size(): number {
    return this.body.size;
  }

  get isCompressible(): boolean {
    return this.size > MIN_COMPRESSED_BYTES;
  }

  /** The ETag, unique per content. */
  etag(encoding: 'identity' | 'gzip'): string {
    return encoding === 'gzip' ? `"${this.tag}-gzip"` : `"${this.tag}"`;
  }
}
