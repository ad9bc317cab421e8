import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import type { Settings } from './config/settings.js';
import { SettingsModule } from './config/settings.module.js';
import { DocsModule } from './docs/docs.module.js';
import { HealthModule } from './health/health.module.js';
import { HistoryModule } from './history/history.module.js';
import { HostsModule } from './hosts/hosts.module.js';
import { HttpModule } from './http/http.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PageModule } from './page/page.module.js';
import { StatsModule } from './stats/stats.module.js';

/** The root module of the service. */
@Module({
  imports: [
    AuthModule,
    StatsModule,
    HistoryModule,
    HostsModule,
    HealthModule,
    MetricsModule,
    DocsModule,
    PageModule,
    HttpModule,
  ],
})
export class AppModule {
  static forRoot(settings: Settings): DynamicModule {
    return { module: AppModule, imports: [SettingsModule.forRoot(settings)] };
  }
}
