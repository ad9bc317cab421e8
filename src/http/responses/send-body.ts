import type { ServerResponse } from 'node:http';

/**
 * How many bytes of a body are written to a connection at once. TLS makes an encrypted copy of these bytes, and keeps it in memory
 * while the client does not read. A small chunk keeps the copy small.
 */
export const CHUNK_BYTES = 16_384;

/** A body, as parts or as a string. Node sends a short string and the headers in one system call. */
export type Body = string | readonly Buffer[];

/** Sends a body and ends the response. Writes each chunk of a large body when the previous one is sent. */
export function sendBody(response: ServerResponse, body: Body): void {
  if (response.req.method === 'HEAD') {
    response.end();
  } else if (typeof body === 'string') {
    response.end(body);
  } else if (getByteLength(body) <= CHUNK_BYTES) {
    body.slice(0, -1).forEach((part) => response.write(part));
    response.end(body.at(-1));
  } else {
    writeInChunks(response, body, { onChunk: () => undefined, onEnd: () => response.end() });
  }
}

/** Gets the length of a body in bytes. */
export function getByteLength(body: Body): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return body.reduce((total, { length }) => total + length, 0);
}

/** Callbacks of a write; none is called after the connection is lost. */
export interface WriteProgress {
  /** A chunk has been sent. */
  readonly onChunk: () => void;
  /** The whole body has been sent. */
  readonly onEnd: () => void;
}

/**
 * Writes a body in chunks of at most {@link CHUNK_BYTES}. Writes each chunk when the previous one is sent. Does not end the response.
 */
export function writeInChunks(
  response: Pick<ServerResponse, 'write' | 'writableEnded'>,
  body: readonly Buffer[],
  { onChunk, onEnd }: WriteProgress,
): void {
  const chunks = splitIntoChunks(body);
  const writeNext = (): void => {
    if (response.writableEnded) return;
    const chunk = chunks.next().value;
    if (chunk === undefined) {
      onEnd();
      return;
    }
    chunk.slice(0, -1).forEach((slice) => response.write(slice));
    response.write(chunk.at(-1), onSent);
  };
  const onSent = (error?: Error | null): void => {
    if (error) return; // the connection is lost; its 'close' event reports that
    onChunk();
    writeNext();
  };
  writeNext();
}

/** Splits a body into chunks of at most {@link CHUNK_BYTES}. A chunk is a list of slices, so nothing is copied. */
function* splitIntoChunks(body: readonly Buffer[]): Generator<Buffer[], undefined> {
  let chunk: Buffer[] = [];
  let space = CHUNK_BYTES;
  for (const part of body) {
    for (let start = 0; start < part.length;) {
      const slice = part.subarray(start, start + space);
      chunk.push(slice);
      start += slice.length;
      space -= slice.length;
      if (space > 0) continue;
      yield chunk;
      chunk = [];
      space = CHUNK_BYTES;
    }
  }
  if (chunk.length > 0) yield chunk;
}
