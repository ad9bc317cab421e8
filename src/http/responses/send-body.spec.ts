import {
  createServer,
  get,
  type IncomingMessage,
  request as sendRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, sendBody, getByteLength } from './send-body.js';

let server: Server;
let body: readonly Buffer[];
let writes: number[];
beforeEach(async () => {
  writes = [];
  server = createServer((_request, response) => {
    countWrites(response);
    response.writeHead(200, { 'Content-Length': getByteLength(body) });
    sendBody(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

function countWrites(response: ServerResponse): void {
  const ownWrites = writes; // a late write must not count for the next test
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  Object.assign(response, {
    write: (piece: Buffer, ...rest: unknown[]) => {
      ownWrites.push(piece.length);
      return write(piece, ...rest);
    },
  });
}

async function download(method = 'GET'): Promise<Buffer> {
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sendRequest({ port, host: '127.0.0.1', method }, resolve).on('error', reject).end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('sendBody', () => {
  it.each([
    ['an empty body', []],
    ['an empty part', [Buffer.alloc(0)]],
    ['a small part', [Buffer.from('a')]],
    ['small parts', [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]],
    ['just one piece', [Buffer.alloc(CHUNK_BYTES, 'x')]],
    ['a byte more than a piece', [Buffer.alloc(CHUNK_BYTES + 1, 'x')]],
    [
      'parts of all sizes',
      [1, 16_383, 16_384, 16_385, 100_000, 1].map((size, n) => Buffer.alloc(size, `${n}`)),
    ],
  ])('sends %s', async (_what, parts) => {
    body = parts;
    expect(await download()).toEqual(Buffer.concat(parts));
  });

  it('writes a large body in chunks of at most 16 KiB', async () => {
    body = [Buffer.alloc(10), Buffer.alloc(100_000), Buffer.alloc(20)];
    await download();
    expect(Math.max(...writes)).toBeLessThanOrEqual(CHUNK_BYTES);
    expect(writes.length).toBeGreaterThan(100_000 / CHUNK_BYTES);
  });

  it('stops writing when the client does not read', async () => {
    body = [Buffer.alloc(50_000_000)];
    const { port } = server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1' }, (response) => void response.pause());
    await expect
      .poll(async () => {
        const before = writes.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return writes.length > 0 && writes.length === before;
      })
      .toBe(true);
    expect(writes.length * CHUNK_BYTES).toBeLessThan(25_000_000); // the kernel buffers some megabytes
    request.destroy();
  });

  it('writes no body in response to HEAD', async () => {
    body = [Buffer.alloc(100_000)];
    expect(await download('HEAD')).toHaveLength(0);
    expect(writes).toEqual([]);
  });
});
