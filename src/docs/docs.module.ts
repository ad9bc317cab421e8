import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { refuseRoute } from '../http/errors/refuse-route.js';
import { DocsController } from './docs.controller.js';

/** The OpenAPI document and Swagger UI, unless `DOCS` is off. */
@Module({ controllers: [DocsController] })
export class DocsModule implements NestModule {
  constructor(private readonly settings: Settings) {}

  configure(consumer: MiddlewareConsumer): void {
    if (!this.settings.DOCS) consumer.apply(refuseRoute).forRoutes('docs', 'docs-json');
  }
}
