import { HealthIndicatorService } from '@nestjs/terminus';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Command, type CommandResult, CommandRunner } from '../../src/command/command-runner.js';
import { SpawnCommandRunner } from '../../src/command/spawn-command-runner.js';
import { readSettings } from '../../src/config/read-settings.js';
import { DockerHealthIndicator } from '../../src/health/docker-health.indicator.js';
import { DOCKER_CLIS, NO_DOCKER_CLI } from '../support/docker-availability.js';
import { dockerSource } from '../support/docker-source.js';
import { documentedCalls } from './documented-calls.js';
import { FakeEngine } from '../support/fake-engine.js';
import { callOf, RecordingSocket } from './recording-socket.js';

/** One that runs, and one whose zeros make the service ask `docker ps` whether it does. */
const CONTAINERS = [
  { name: 'web', cpuPercent: 20 },
  { name: 'stopped', memory: 0, memoryLimit: 0, pids: 0, isStopped: true },
];

/** Runs programs one after the other, and tells which of the engine's calls each made. */
class AttributingRunner extends CommandRunner {
  readonly callsOf = new Map<string, string[]>();
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
    this.recording.heard = '';
    const result = await this.#runner.run(command);
    this.callsOf.set(`docker ${command.args[0]}`, this.recording.calls);
    return result;
  }
}

describe.skipIf(NO_DOCKER_CLI).each(DOCKER_CLIS)('what %s asks of the engine', (cli) => {
  let engine: FakeEngine;
  let recording: RecordingSocket;
  let runner: AttributingRunner;

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
    runner = new AttributingRunner(recording);
  });

  /** All that the service does with docker, and what comes of it. */
  async function useDocker(): Promise<object> {
    const settings = readSettings({
      DOCKER_BIN: cli,
      DOCKER_HOST: recording.host,
      DOCKER_TIMEOUT_MS: '2000',
      DOCKER_KILL_GRACE_MS: '500',
    });
    const source = dockerSource(runner, settings);
    const { docker } = await new DockerHealthIndicator(
      new HealthIndicatorService(),
      source,
      settings,
    ).check();
    const { containers, skipped } = await source
      .sample()
      .catch((error: unknown) => ({ containers: [], skipped: error }));
    return {
      health: docker.status,
      served: containers.map(({ name, cpuUsage }) => [name, cpuUsage]),
      skipped,
    };
  }

  const ALL_WELL = { health: 'up', served: [['web', 20]], skipped: [] };

  it('is what docs/socket-proxy.md lists, for each command', async () => {
    expect(await useDocker()).toEqual(ALL_WELL);
    expect([...runner.callsOf.keys()]).toEqual(['docker version', 'docker ps', 'docker stats']);
    expect(new Set([...runner.callsOf.values()].flat())).toEqual(
      new Set(documentedCalls().map(({ call }) => call)),
    );
    for (const [command, calls] of runner.callsOf) {
      const listed = documentedCalls().filter(({ madeBy }) => madeBy.includes(command));
      expect(listed.map(({ call }) => call)).toEqual(expect.arrayContaining(calls));
    }
  });

  /** Uses an engine that refuses all but these calls. */
  async function useDockerWith(allowed: readonly string[]): Promise<object> {
    engine.behaviour = {
      containers: CONTAINERS,
      refuse: ({ method, url }) => !allowed.includes(callOf(method, url)),
    };
    return useDocker();
  }

  const needed = documentedCalls().flatMap(({ call, isNeeded }) => (isNeeded ? [call] : []));

  it('may be refused but for the calls that docs/socket-proxy.md says are needed', async () => {
    expect(await useDockerWith(needed)).toEqual(ALL_WELL);
  });

  it.each(needed)('may not be refused: %s', async (call) => {
    expect(await useDockerWith(needed.filter((other) => other !== call))).not.toEqual(ALL_WELL);
  });
});
