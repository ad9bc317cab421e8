import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { refuseRoute } from '../http/errors/refuse-route.js';
import { PageController } from './page.controller.js';

/** The page, unless `DASHBOARD` is off. Then `/` leads to the docs, unless they are off too. */
@Module({ controllers: [PageController] })
export class PageModule implements NestModule {
  constructor(private readonly settings: Settings) {}

  configure(consumer: MiddlewareConsumer): void {
    const { DASHBOARD, DOCS } = this.settings;
    if (DASHBOARD) return;
    consumer.apply(refuseRoute).forRoutes('assets');
    if (!DOCS) consumer.apply(refuseRoute).forRoutes({ path: '/', method: RequestMethod.ALL });
  }
}
