import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { AppModule } from '../../src/app.module.js';
import { CommandRunner } from '../../src/command/command-runner.js';
import { readSettings } from '../../src/config/read-settings.js';
import { LogOutput } from '../../src/logging/log-output.js';
import { ServerAdapter } from '../../src/http/server/server-adapter.js';
import { Clock } from '../../src/sampling/clock.js';
import { FakeCommandRunner } from './fake-command-runner.js';
import { FakeLogOutput } from './fake-log-output.js';

/** The key of `config/test.env`. */
export const KEY = 'test-key-0123456789';

/** The real application around a given CommandRunner, and a client for it. */
export interface TestApp<Runner extends CommandRunner> {
  readonly app: NestExpressApplication;
  readonly runner: Runner;
  readonly client: ReturnType<typeof supertest>;
  /** The lines of requests; Nest's logger is off. */
  readonly log: FakeLogOutput;
  /** A GET with the key. */
  readonly get: (path: string) => supertest.Test;
}

/**
 * Boots the real AppModule; only the CommandRunner is another one, and the Clock where a test brings one. Settings come
 * from the environment.
 */
export async function bootApp(): Promise<TestApp<FakeCommandRunner>>;
export async function bootApp<Runner extends CommandRunner>(
  runner: Runner,
  clock?: Clock,
): Promise<TestApp<Runner>>;
export async function bootApp(
  runner: CommandRunner = new FakeCommandRunner(),
  clock?: Clock,
): Promise<TestApp<CommandRunner>> {
  const log = new FakeLogOutput();
  const builder = Test.createTestingModule({ imports: [AppModule] });
  builder.overrideProvider(CommandRunner).useValue(runner);
  builder.overrideProvider(LogOutput).useValue(log);
  if (clock !== undefined) builder.overrideProvider(Clock).useValue(clock);
  const module = await builder.compile();
  const app = module.createNestApplication<NestExpressApplication>(
    new ServerAdapter(readSettings(process.env)),
    { bodyParser: false, logger: false },
  );
  await app.listen(0, '127.0.0.1');
  const client = supertest(app.getHttpServer());
  return { app, runner, client, log, get: (path) => client.get(path).set('X-API-Key', KEY) };
}
