import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

const { Z_BEST_SPEED, Z_SYNC_FLUSH } = constants;

/** RFC 1952, section 2.3: magic, deflate, no flags, no time, fastest, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);

/** The metrics of the containers of one sample, which are written and compressed once and sent to all who ask. */
export class ContainerText {
  #deflated: Promise<Buffer> | undefined;
  #checksum: number | undefined;

  constructor(readonly bytes: Buffer) {}

  /** How many bytes it has, uncompressed. */
  get size(): number {
    return this.bytes.length;
  }

  /** The text and what comes behind it, compressed, in pieces: megabytes for each scrape would take all memory. */
  async gzip(rest: Buffer): Promise<readonly Buffer[]> {
    // As deflate blocks that others follow.
    this.#deflated ??= deflate(this.bytes, { level: Z_BEST_SPEED, finishFlush: Z_SYNC_FLUSH });
    const deflated = await this.#deflated;
    this.#checksum ??= crc32(this.bytes);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(rest, this.#checksum));
    trailer.writeUInt32LE(this.size + rest.length, 4);
    return [GZIP_HEADER, deflated, await deflate(rest, { level: Z_BEST_SPEED }), trailer];
  }
}
