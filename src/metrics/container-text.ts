import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

const { Z_BEST_SPEED, Z_SYNC_FLUSH } = constants;

/** RFC 1952, section 2.3: magic, deflate, no flags, no time, fastest, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);

/** Text as deflate blocks that others follow. */
interface Deflated {
  readonly bytes: Buffer;
  readonly checksum: number;
  readonly length: number;
}

/** The metrics of the containers of one sample, which are written and compressed once and sent to all who ask. */
export class ContainerText {
  #deflated: Promise<Deflated> | undefined;

  constructor(readonly pieces: readonly Buffer[]) {}

  /** The text and what comes behind it, compressed, in pieces: megabytes for each scrape would take all memory. */
  async gzip(rest: Buffer): Promise<readonly Buffer[]> {
    this.#deflated ??= deflated(this.pieces);
    const { bytes, checksum, length } = await this.#deflated;
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(rest, checksum));
    trailer.writeUInt32LE(length + rest.length, 4);
    return [GZIP_HEADER, bytes, await deflate(rest, { level: Z_BEST_SPEED }), trailer];
  }
}

async function deflated(pieces: readonly Buffer[]): Promise<Deflated> {
  const text = Buffer.concat(pieces);
  return {
    bytes: await deflate(text, { level: Z_BEST_SPEED, finishFlush: Z_SYNC_FLUSH }),
    checksum: crc32(text),
    length: text.length,
  };
}
