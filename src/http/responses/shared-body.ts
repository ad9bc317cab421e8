import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

/** RFC 1952, section 2.3: magic, deflate, no flags, no time, no hints, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** The last deflate block where there is no tail: an empty one (RFC 1951, section 3.2.6). */
const LAST_BLOCK = Buffer.from([3, 0]);

/** What one response has around the shared bytes. */
export interface BodyEnds {
  /** Below 64 KiB. */
  readonly head?: Buffer;
  readonly tail?: Buffer;
}

/**
 * The large part of a body that many clients get. Its bytes are there once, and are compressed once: megabytes for each
 * response would take all memory. Each response may have a small head before it and a small tail behind it.
 */
export class SharedBody {
  #deflated: Promise<Buffer> | undefined;
  #checksum: number | undefined;

  /** @param level of the compression, as zlib counts it */
  constructor(
    readonly bytes: Buffer,
    private readonly level: number = constants.Z_DEFAULT_COMPRESSION,
  ) {}

  /** How many bytes it has, uncompressed. */
  get size(): number {
    return this.bytes.length;
  }

  /** A body, in pieces. */
  identity({ head, tail }: BodyEnds = {}): readonly Buffer[] {
    return [head, this.bytes, tail].filter((piece) => piece !== undefined);
  }

  /** A body compressed as one gzip member, in pieces. The event loop is free while zlib works. */
  async gzip({ head, tail }: BodyEnds = {}): Promise<readonly Buffer[]> {
    const { level } = this;
    // As deflate blocks that others may follow.
    this.#deflated ??= deflate(this.bytes, { level, finishFlush: constants.Z_SYNC_FLUSH });
    const deflated = await this.#deflated;
    const end = tail ? await deflate(tail, { level }) : LAST_BLOCK;
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#checksumOf(head, tail));
    trailer.writeUInt32LE((head?.length ?? 0) + this.size + (tail?.length ?? 0), 4);
    return [GZIP_HEADER, ...(head ? storedBlock(head) : []), deflated, end, trailer];
  }

  /** Without a head, all bodies begin with the same checksum. */
  #checksumOf(head: Buffer | undefined, tail: Buffer | undefined): number {
    const checksum = head ? extended(crc32(head), this.bytes) : (this.#checksum ??= crc32(this.bytes));
    return tail ? extended(checksum, tail) : checksum;
  }
}

/** The checksum of what has been before, and these bytes. Node's `crc32` of no bytes ignores the checksum before. */
function extended(checksum: number, bytes: Buffer): number {
  return bytes.length === 0 ? checksum : crc32(bytes, checksum);
}

/** Bytes as they are, as a deflate block that others may follow (RFC 1951, section 3.2.4). */
function storedBlock(bytes: Buffer): readonly Buffer[] {
  const header = Buffer.alloc(5);
  header.writeUInt16LE(bytes.length, 1);
  header.writeUInt16LE(~bytes.length & 0xffff, 3);
  return [header, bytes];
}
