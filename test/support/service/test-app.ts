import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import supertest from 'supertest';
import { onTestFinished } from 'vitest';
import { AppModule } from '../../../src/app.module.js';
import { CommandRunner } from '../../../src/command/command-runner.js';
import type { Variables } from '../../../src/config/environment.js';
import { readSettings } from '../../../src/config/read-settings.js';
import { LogOutput } from '../../../src/logging/log-output.js';
import { ServerAdapter } from '../../../src/http/server/server-adapter.js';
import { Clock } from '../../../src/sampling/clock.js';
import { FakeCommandRunner } from '../docker/fake-command-runner.js';
import { FakeLogOutput } from './fake-log-output.js';

const TEST_ENV = parseEnv(readFileSync('config/test.env', 'utf8'));

/** The API key in `config/test.env`. */
export const KEY = 'test-key-0123456789';

/** The real application with another CommandRunner, and a client for it. */
export interface TestApp<Runner extends CommandRunner> {
  readonly app: NestExpressApplication;
  readonly runner: Runner;
  readonly client: ReturnType<typeof supertest>;
  /** The request log. Nest's logger is off. */
  readonly log: FakeLogOutput;
  /** Creates a GET request with the API key. */
  readonly get: (path: string) => supertest.Test;
}

/** Fakes that replace real providers. */
interface Overrides<Runner extends CommandRunner> {
  readonly runner: Runner;
  readonly clock?: Clock;
  /** By default, a free one. */
  readonly port?: number;
}

/**
 * Boots the real AppModule with another CommandRunner and, if given, another Clock. The settings come from `config/test.env`
 * and `env`.
 */
export async function bootApp(env?: Variables): Promise<TestApp<FakeCommandRunner>>;
export async function bootApp<Runner extends CommandRunner>(
  env: Variables,
  overrides: Overrides<Runner>,
): Promise<TestApp<Runner>>;
export async function bootApp(
  env: Variables = {},
  { runner, clock, port = 0 }: Overrides<CommandRunner> = { runner: new FakeCommandRunner() },
): Promise<TestApp<CommandRunner>> {
  const { PATH, HOME } = process.env;
  const settings = readSettings({ PATH, HOME, ...TEST_ENV, ...env });
  const log = new FakeLogOutput();
  const builder = Test.createTestingModule({ imports: [AppModule.forRoot(settings)] });
  builder.overrideProvider(CommandRunner).useValue(runner);
  builder.overrideProvider(LogOutput).useValue(log);
  if (clock !== undefined) builder.overrideProvider(Clock).useValue(clock);
  const module = await builder.compile();
  const app = module.createNestApplication<NestExpressApplication>(new ServerAdapter(settings), {
    bodyParser: false,
    logger: false,
  });
  await app.listen(port, '127.0.0.1');
  const client = supertest(app.getHttpServer());
  return { app, runner, client, log, get: (path) => client.get(path).set('X-API-Key', KEY) };
}

/** Boots the application for one test, and closes it at the end of the test. */
export async function bootAppForTest(env?: Variables): Promise<TestApp<FakeCommandRunner>> {
  const test = await bootApp(env);
  onTestFinished(() => test.app.close());
  return test;
}
