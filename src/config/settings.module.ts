import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { Settings } from './settings.js';

/** Makes {@link Settings} injectable in every module. */
@Global()
@Module({})
export class SettingsModule {
  static forRoot(settings: Settings): DynamicModule {
    const config = registerAs('settings', () => settings);
    return {
      module: SettingsModule,
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, load: [config] })],
      providers: [{ provide: Settings, useExisting: config.KEY }],
      exports: [Settings],
    };
  }
}
