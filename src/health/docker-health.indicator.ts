import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Settings } from '../config/settings.js';
import type { Host } from '../sampling/hosts/host.js';
import { Hosts } from '../sampling/hosts/hosts.js';
import type { StatsSourceError } from '../sampling/stats-source.error.js';
import { HostCheck } from './host-check.js';

/** Checks whether Docker can be reached. */
@Injectable()
export class DockerHealthIndicator {
  readonly #checks: ReadonlyMap<Host, HostCheck>;
  /** What the figures are read from. */
  readonly #system: string;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly hosts: Hosts,
    private readonly settings: Settings,
  ) {
    this.#system = hosts.all[0]?.source.system ?? 'docker';
    this.#checks = new Map(hosts.all.map((host) => [host, new HostCheck(host, settings)]));
  }

  /**
   * Returns `up` with the version of the engine, or `down` with a code and a reason. With several hosts, returns the result of
   * each; `READY_HOSTS` says how many must be up.
   */
  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.#system);
    const results = await Promise.all(
      [...this.#checks].map(async ([host, check]) => ({ host, result: await check.run() })),
    );
    const [first] = results;
    if (first?.host.name === '') {
      return isUp(first.result)
        ? indicator.up({ version: first.result })
        : indicator.down(describe(first.result));
    }
    const hosts = Object.fromEntries(
      results.map(({ host, result }) => [
        host.name,
        isUp(result) ? { status: 'up', version: result } : { status: 'down', ...describe(result) },
      ]),
    );
    const up = results.filter(({ result }) => isUp(result));
    const needed = this.settings.READY_HOSTS === 'all' ? results.length : 1;
    return up.length >= needed ? indicator.up({ hosts }) : indicator.down({ hosts });
  }

  /** Returns the version of the engine of a host, or why it cannot be reached; `undefined` if only another service can reach it. */
  async checkHost(name: string): Promise<string | StatsSourceError | undefined> {
    const host = this.hosts.all.find((one) => one.name === name);
    return host && this.#checks.get(host)?.run();
  }
}

function isUp(result: string | StatsSourceError): result is string {
  return typeof result === 'string';
}

function describe({ code, reason }: StatsSourceError): { code: string; reason: string } {
  return { code, reason };
}
