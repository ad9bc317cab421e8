import { Global, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { readSettings } from './read-settings.js';
import { Settings } from './settings.js';

const settings = registerAs('settings', () => readSettings(process.env));

/** Provides the validated {@link Settings} everywhere, by their class. */
@Global()
@Module({
  imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [settings] })],
  providers: [{ provide: Settings, inject: [settings.KEY], useFactory: (read: Settings) => read }],
  exports: [Settings],
})
export class SettingsModule {}
