import { HealthIndicatorService } from '@nestjs/terminus';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Command, type CommandResult, CommandRunner } from '../../../../src/command/command-runner.js';
import { SpawnCommandRunner } from '../../../../src/command/spawn-command-runner.js';
import { readSettings } from '../../../../src/config/read-settings.js';
import { MonotonicClock } from '../../../../src/sampling/clock.js';
import { ListedHosts } from '../../../../src/sampling/hosts/listed-hosts.js';
import { DockerHealthIndicator } from '../../../../src/health/docker-health.indicator.js';
import { DOCKER_CLIS, NO_DOCKER_CLI } from '../../../support/vitest/docker-availability.js';
import { createDockerStatsService } from '../../../support/docker/create-docker-stats-service.js';
import { readDocumentedCalls } from './documented-calls.js';
import { FakeEngine } from '../../../support/engines/fake-engine.js';
import { formatCall, RecordingSocket } from './recording-socket.js';

const CONTAINERS = [
  { name: 'web', cpuPercent: 20 },
  { name: 'stopped', memory: 0, memoryLimit: 0, pids: 0, isStopped: true },
];

/** Runs commands one after the other and records the API calls of each. */
class RecordingRunner extends CommandRunner {
  readonly callsByCommand = new Map<string, string[]>();
  readonly #runner = new SpawnCommandRunner();
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly recording: RecordingSocket) {
    super();
  }

  override run(command: Command): Promise<CommandResult> {
    const run = this.#last.then(() => this.#record(command));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #record(command: Command): Promise<CommandResult> {
    this.recording.recorded = '';
    const result = await this.#runner.run(command);
    const name = `docker ${command.args[0]}`;
    this.callsByCommand.set(name, [...(this.callsByCommand.get(name) ?? []), ...this.recording.calls]);
    return result;
  }
}

describe.skipIf(NO_DOCKER_CLI).each(DOCKER_CLIS)('Engine API calls of %s', (cli) => {
  let engine: FakeEngine;
  let recording: RecordingSocket;
  let runner: RecordingRunner;

  beforeAll(async () => {
    engine = new FakeEngine();
    recording = new RecordingSocket(engine.host);
    await Promise.all([engine.start(), recording.start()]);
  });
  afterAll(() => {
    recording.destroy();
    engine.destroy();
  });
  beforeEach(() => {
    engine.behaviour = { containers: CONTAINERS };
    runner = new RecordingRunner(recording);
  });

  /** Runs all docker commands of the service. Returns the results. */
  async function runDockerCommands(): Promise<object> {
    const settings = readSettings({
      DOCKER_BIN: cli,
      DOCKER_HOST: recording.host,
      DOCKER_TIMEOUT_MS: '2000',
      DOCKER_KILL_GRACE_MS: '500',
    });
    const source = createDockerStatsService(runner, settings);
    const { docker } = await new DockerHealthIndicator(
      new HealthIndicatorService(),
      new ListedHosts({ create: () => [{ host: undefined, source }] }, settings, new MonotonicClock()),
      settings,
    ).check();
    await source.countRunning(2000);
    const { containers, skipped } = await source
      .sample()
      .catch((error: unknown) => ({ containers: [], skipped: error }));
    return {
      health: docker?.status,
      containers: containers.map(({ name, cpuUsage }) => [name, cpuUsage]),
      skipped,
    };
  }

  const SUCCESS = { health: 'up', containers: [['web', 20]], skipped: [] };

  it('are listed in docs/socket-proxy.md for each docker command', async () => {
    expect(await runDockerCommands()).toEqual(SUCCESS);
    expect([...runner.callsByCommand.keys()]).toEqual(['docker version', 'docker ps', 'docker stats']);
    expect(new Set([...runner.callsByCommand.values()].flat())).toEqual(
      new Set(readDocumentedCalls().map(({ call }) => call)),
    );
    for (const [command, calls] of runner.callsByCommand) {
      const listed = readDocumentedCalls().filter(({ madeBy }) => madeBy.includes(command));
      expect(listed.map(({ call }) => call)).toEqual(expect.arrayContaining(calls));
    }
  });

  /** Runs all docker commands with an engine that refuses all other calls. */
  async function runDockerCommandsWith(allowed: readonly string[]): Promise<object> {
    engine.behaviour = {
      containers: CONTAINERS,
      refuse: ({ method, url }) => !allowed.includes(formatCall(method, url)),
    };
    return runDockerCommands();
  }

  const needed = readDocumentedCalls().flatMap(({ call, isNeeded }) => (isNeeded ? [call] : []));

  it('are sufficient if only those marked as needed in docs/socket-proxy.md are allowed', async () => {
    expect(await runDockerCommandsWith(needed)).toEqual(SUCCESS);
  });

  it.each(needed)('are not sufficient without %s', async (call) => {
    expect(await runDockerCommandsWith(needed.filter((other) => other !== call))).not.toEqual(SUCCESS);
  });
});
