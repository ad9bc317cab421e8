import {
  type MiddlewareConsumer,
  Module,
  type NestModule,
  NotFoundException,
  RequestMethod,
} from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { DocsController } from './docs.controller.js';

/** The OpenAPI document and Swagger UI, unless `DOCS` is off. */
@Module({ controllers: [DocsController] })
export class DocsModule implements NestModule {
  constructor(private readonly settings: Settings) {}

  configure(consumer: MiddlewareConsumer): void {
    if (!this.settings.DOCS)
      consumer.apply(refuse).forRoutes({ path: '/', method: RequestMethod.ALL }, 'docs', 'docs-json');
  }
}

/** Responds as if the route did not exist, for every method. */
function refuse(): never {
  throw new NotFoundException('No such route');
}
