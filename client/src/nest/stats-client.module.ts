import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { StatsClient } from '../stats-client.js';
import type { StatsClientOptions } from '../stats-client-options.js';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<StatsClientOptions>()
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** Provides a {@link StatsClient}. Import it with `forRoot(options)` or `forRootAsync({ useFactory, inject })`. */
@Module({
  providers: [
    {
      provide: StatsClient,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: (options: StatsClientOptions) => new StatsClient(options),
    },
  ],
  exports: [StatsClient],
})
export class StatsClientModule extends ConfigurableModuleClass {}
