import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Public } from '../auth/public.decorator.js';
import { Settings } from '../config/settings.js';
import { createNotFoundException } from '../http/errors/not-found-exception.js';
import { createAssetFiles, createPageFile } from './page-files.js';

/** Serves the page. It is public; the data that it shows needs an API key. */
@Controller()
@Public()
export class PageController {
  readonly #page = createPageFile();
  readonly #assets = createAssetFiles();

  constructor(private readonly settings: Settings) {}

  /** `GET /`: the page. Without it, redirects to the docs without the query, which may contain a key. */
  @Get()
  async root(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (!this.settings.DASHBOARD) {
      response.writeHead(302, { Location: 'docs', 'Cache-Control': 'no-store' }).end();
      return;
    }
    if (this.#assets.size === 0) throw new NotFoundException('The page is not built; run npm run build');
    await this.#page.send(request, response);
  }

  /** `GET /assets/{file}`: the scripts and styles of the page. */
  @Get('assets/:file')
  async asset(
    @Param('file') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const file = this.#assets.get(name);
    if (file === undefined) throw createNotFoundException(this.settings, request.path);
    await file.send(request, response);
  }
}
