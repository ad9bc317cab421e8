import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

/** RFC 1952, section 2.3: magic number, deflate, no flags, no time, no extra flags, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** An empty final deflate block (RFC 1951, section 3.2.6), for a body without a tail. */
const LAST_BLOCK = Buffer.from([3, 0]);

/** The parts of one response before and after the shared bytes. */
export interface BodyEnds {
  /** At most 65,535 bytes. */
  readonly head?: Buffer;
  readonly tail?: Buffer;
}

/**
 * The large part of a body that many responses have in common. It is stored and compressed once, since a copy for each response
 * could exhaust the memory. Each response may have its own small head and tail.
 */
export class SharedBody {
  #deflated: Promise<Buffer> | undefined;
  #checksum: number | undefined;

  /** @param level zlib compression level */
  constructor(
    readonly bytes: Buffer,
    private readonly level: number = constants.Z_DEFAULT_COMPRESSION,
  ) {}

  /** Uncompressed size in bytes. */
  get size(): number {
    return this.bytes.length;
  }

  /** Gets the parts of an uncompressed body. */
  identity({ head, tail }: BodyEnds = {}): readonly Buffer[] {
    return [head, this.bytes, tail].filter((piece) => piece !== undefined);
  }

  /** Compresses a body as one gzip member and returns its parts. Compression runs outside the event loop. */
  async gzip({ head, tail }: BodyEnds = {}): Promise<readonly Buffer[]> {
    const { level } = this;
    // Z_SYNC_FLUSH writes no final block, so the tail can follow.
    this.#deflated ??= deflate(this.bytes, { level, finishFlush: constants.Z_SYNC_FLUSH });
    const deflated = await this.#deflated;
    const end = tail ? await deflate(tail, { level }) : LAST_BLOCK;
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#computeChecksum(head, tail));
    trailer.writeUInt32LE((head?.length ?? 0) + this.size + (tail?.length ?? 0), 4);
    return [GZIP_HEADER, ...(head ? formatStoredBlock(head) : []), deflated, end, trailer];
  }

  /** Computes the CRC-32 of a body. If there is no head, the CRC-32 of the shared bytes is cached. */
  #computeChecksum(head: Buffer | undefined, tail: Buffer | undefined): number {
    const checksum = head ? extendChecksum(crc32(head), this.bytes) : (this.#checksum ??= crc32(this.bytes));
    return tail ? extendChecksum(checksum, tail) : checksum;
  }
}

/** Continues a CRC-32 with more bytes. For some empty buffers, Node's `crc32` ignores its second argument. */
function extendChecksum(checksum: number, bytes: Buffer): number {
  return bytes.length === 0 ? checksum : crc32(bytes, checksum);
}

/** Formats bytes as a stored (uncompressed), non-final deflate block (RFC 1951, section 3.2.4). */
function formatStoredBlock(bytes: Buffer): readonly Buffer[] {
  const header = Buffer.alloc(5);
  header.writeUInt16LE(bytes.length, 1);
  header.writeUInt16LE(~bytes.length & 0xffff, 3);
  return [header, bytes];
}
