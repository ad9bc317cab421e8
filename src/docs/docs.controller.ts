import { readFile } from 'node:fs/promises';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Public } from '../auth/public.decorator.js';
import { Settings } from '../config/settings.js';
import { createNotFoundException } from '../http/errors/not-found-exception.js';
import { PAGE, START_SCRIPT } from './docs-page.js';
import { createPagePolicy } from '../http/responses/page-policy.js';
import { StaticFile } from '../http/responses/static-file.js';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);

/** The build copies Swagger UI there. The path works from `src` too, where the tests run. */
const SWAGGER_UI = new URL('../../dist/swagger-ui-dist/', import.meta.url);

const HTML = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': createPagePolicy("'self' data:"),
};
const JAVASCRIPT = { 'Content-Type': 'text/javascript; charset=utf-8' };
const CSS = { 'Content-Type': 'text/css; charset=utf-8' };
const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** Serves the OpenAPI document and Swagger UI. Both are public. */
@Controller()
@Public()
export class DocsController {
  readonly #document = new StaticFile(JSON_TYPE, () => readFile(DOCUMENT));
  readonly #page = new StaticFile(HTML, () => Promise.resolve(Buffer.from(PAGE)));
  readonly #files = new Map([
    ['start.js', new StaticFile(JAVASCRIPT, () => Promise.resolve(Buffer.from(START_SCRIPT)))],
    ['swagger-ui-bundle.js', createSwaggerUiFile('swagger-ui-bundle.js', JAVASCRIPT)],
    ['swagger-ui.css', createSwaggerUiFile('swagger-ui.css', CSS)],
  ]);

  constructor(private readonly settings: Settings) {}

  /** `GET /docs-json`: the OpenAPI document. */
  @Get('docs-json')
  async document(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.#document.send(request, response);
  }

  /** `GET /docs`: the Swagger UI page. */
  @Get('docs')
  async page(@Req() request: Request, @Res() response: Response): Promise<void> {
    // The relative URLs of the page need a path without the slash.
    if (request.path.endsWith('/')) response.writeHead(308, { Location: '../docs' }).end();
    else await this.#page.send(request, response);
  }

  /** `GET /docs/{file}`: the scripts and styles of the page. */
  @Get('docs/:file')
  async file(@Param('file') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const file = this.#files.get(name);
    if (file === undefined) throw createNotFoundException(this.settings, request.path);
    await file.send(request, response);
  }
}

function createSwaggerUiFile(name: string, headers: typeof CSS): StaticFile {
  return new StaticFile(headers, () => readFile(new URL(name, SWAGGER_UI)));
}
