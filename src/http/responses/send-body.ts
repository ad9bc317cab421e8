import type { ServerResponse } from 'node:http';

/**
 * How much of a body is handed to a connection at once. TLS encrypts it into memory of its own: a client that reads
 * nothing costs no more than this.
 */
export const PIECE_BYTES = 16_384;

/** A body in parts, or as a text: Node sends a small text together with the headers, in one system call. */
export type Body = string | readonly Buffer[];

/** Sends a body and ends the response; large bodies in pieces, each when the connection has taken the one before. */
export function sendBody(response: ServerResponse, body: Body): void {
  if (response.req.method === 'HEAD') {
    response.end();
  } else if (typeof body === 'string') {
    response.end(body);
  } else if (sizeOf(body) <= PIECE_BYTES) {
    body.slice(0, -1).forEach((part) => response.write(part));
    response.end(body.at(-1));
  } else {
    writeInPieces(response, body, { onPiece: () => undefined, onEnd: () => response.end() });
  }
}

/** How many bytes a body has. */
export function sizeOf(body: Body): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body.reduce((total, { length }) => total + length, 0);
}

/** What is told of a write; nothing more once the connection is lost. */
export interface WriteProgress {
  /** The connection has taken a piece. */
  readonly onPiece: () => void;
  /** The connection has taken everything. */
  readonly onEnd: () => void;
}

/** Writes a body in pieces, and leaves the response open. */
export function writeInPieces(
  response: Pick<ServerResponse, 'write' | 'writableEnded'>,
  body: readonly Buffer[],
  { onPiece, onEnd }: WriteProgress,
): void {
  const batches = batchesOf(body);
  const writeNext = (): void => {
    if (response.writableEnded) return;
    const batch = batches.next().value;
    if (batch === undefined) {
      onEnd();
      return;
    }
    batch.slice(0, -1).forEach((piece) => response.write(piece));
    response.write(batch.at(-1), onTaken);
  };
  const onTaken = (error?: Error | null): void => {
    if (error) return; // the connection is lost: its 'close' says so
    onPiece();
    writeNext();
  };
  writeNext();
}

/** The parts of a body, cut so that each batch has {@link PIECE_BYTES} at most. */
function* batchesOf(body: readonly Buffer[]): Generator<Buffer[], undefined> {
  let batch: Buffer[] = [];
  let room = PIECE_BYTES;
  for (const part of body) {
    for (let start = 0; start < part.length;) {
      const piece = part.subarray(start, start + room);
      batch.push(piece);
      start += piece.length;
      room -= piece.length;
      if (room > 0) continue;
      yield batch;
      batch = [];
      room = PIECE_BYTES;
    }
  }
  if (batch.length > 0) yield batch;
}
