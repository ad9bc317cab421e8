import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { acceptsGzip } from './accepts-gzip.js';
import { isNotModified } from './is-not-modified.js';
import { sendBody } from './send-body.js';

const compress = promisify(gzip);

interface Content {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  readonly tag: string;
}

/** A public file: read and compressed on first use. Clients revalidate it by its ETag, unless its `Cache-Control` says something else. */
export class StaticFile {
  #content: Promise<Content> | undefined;

  constructor(
    private readonly headers: Readonly<Record<string, string>> & { readonly 'Content-Type': string },
    private readonly read: () => Promise<Buffer>,
    private readonly cacheControl = 'no-cache',
  ) {}

  /** Responds with the file, or with `304` if the client has it; compresses it if the client accepts gzip. */
  async send(request: Request, response: Response): Promise<void> {
    const { plain, gzipped, tag } = await this.#get();
    const isGzip = acceptsGzip(request);
    const { 'Content-Type': type, ...ownHeaders } = this.headers;
    const headers = {
      ...ownHeaders, // also in a 304: browsers replace the headers in their cache with these
      'Cache-Control': this.cacheControl,
      ETag: isGzip ? `"${tag}-gzip"` : `"${tag}"`,
      Vary: 'Accept-Encoding, Origin',
    };
    if (isNotModified(request, response, headers.ETag)) {
      response.writeHead(304, headers).end();
      return;
    }
    const body = isGzip ? gzipped : plain;
    response.writeHead(200, {
      ...headers,
      'Content-Type': type,
      'Content-Length': body.length,
      ...(isGzip && { 'Content-Encoding': 'gzip' }),
    });
    sendBody(response, [body]);
  }

  #get(): Promise<Content> {
    this.#content ??= this.#load();
    this.#content.catch(() => (this.#content = undefined));
    return this.#content;
  }

  async #load(): Promise<Content> {
    const plain = await this.read();
    const tag = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
    return {
      plain,
      gzipped: await compress(plain, {
        level: constants.Z_BEST_COMPRESSION,
        memLevel: 7, // the files of the page become smallest with this level
      }),
      tag,
    };
  }
}
