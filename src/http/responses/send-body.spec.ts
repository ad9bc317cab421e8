import {
  createServer,
  get,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIECE_BYTES, sendBody, sizeOf } from './send-body.js';

let server: Server;
let body: readonly Buffer[];
let writes: number[];
beforeEach(async () => {
  writes = [];
  server = createServer((_request, response) => {
    countWrites(response);
    response.writeHead(200, { 'Content-Length': sizeOf(body) });
    sendBody(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => void server.close());

function countWrites(response: ServerResponse): void {
  const counted = writes; // not those of the next test
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  Object.assign(response, {
    write: (piece: Buffer, ...rest: unknown[]) => {
      counted.push(piece.length);
      return write(piece, ...rest);
    },
  });
}

async function received(method = 'GET'): Promise<Buffer> {
  const { port } = server.address() as AddressInfo;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', method }, resolve).on('error', reject).end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('sendBody', () => {
  it.each([
    ['nothing', []],
    ['an empty part', [Buffer.alloc(0)]],
    ['a small part', [Buffer.from('a')]],
    ['small parts', [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]],
    ['just one piece', [Buffer.alloc(PIECE_BYTES, 'x')]],
    ['a byte more than a piece', [Buffer.alloc(PIECE_BYTES + 1, 'x')]],
    [
      'parts of all sizes',
      [1, 16_383, 16_384, 16_385, 100_000, 1].map((size, n) => Buffer.alloc(size, `${n}`)),
    ],
  ])('sends %s', async (_what, parts) => {
    body = parts;
    expect(await received()).toEqual(Buffer.concat(parts));
  });

  it('hands a large body to the connection in pieces of 16 KiB at most', async () => {
    body = [Buffer.alloc(10), Buffer.alloc(100_000), Buffer.alloc(20)];
    await received();
    expect(Math.max(...writes)).toBeLessThanOrEqual(PIECE_BYTES);
    expect(writes.length).toBeGreaterThan(100_000 / PIECE_BYTES);
  });

  it('writes no more than a piece beyond what the connection takes', async () => {
    body = [Buffer.alloc(50_000_000)];
    const { port } = server.address() as AddressInfo;
    const asking = get({ port, host: '127.0.0.1' }, (response) => void response.pause());
    await expect
      .poll(async () => {
        const before = writes.length;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return writes.length > 0 && writes.length === before;
      })
      .toBe(true);
    expect(writes.length * PIECE_BYTES).toBeLessThan(25_000_000); // what the kernel holds for the connection
    asking.destroy();
  });

  it('has no body for HEAD, and writes none', async () => {
    body = [Buffer.alloc(100_000)];
    expect(await received('HEAD')).toHaveLength(0);
    expect(writes).toEqual([]);
  });
});
