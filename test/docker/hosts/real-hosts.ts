import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DockerEngine } from '../../support/engines/docker-engine.js';
import { startBusy } from '../../support/engines/known-load.js';
import { SshServer } from '../../support/engines/ssh-server.js';
import { createTlsEnv, createTlsListener } from '../../support/engines/tls-files.js';
import { CertificateAuthority } from '../../support/files/certificates.js';
import type { TemporaryFolder } from '../../support/files/temporary-folder.js';
import { findProcesses } from '../../support/processes/processes.js';
import { findPrograms } from '../../support/vitest/docker-availability.js';

/** The names of the hosts in `DOCKER_HOSTS`. */
export const HOSTS = ['local', 'clone', 'tls', 'ssh', 'refused'] as const;

/** The CPU usage of the container `busy` on each host with an engine, in %. */
export const BUSY_PERCENT: Readonly<Record<string, number>> = { local: 5, clone: 5, tls: 10, ssh: 20 };

/** The hosts and their containers, in the order in which the service returns them. */
export const CONTAINERS = Object.keys(BUSY_PERCENT).flatMap((host) => [`${host} app`, `${host} busy`]);

/**
 * Real engines, reached in all ways. `local` and `clone` listen on Unix sockets; `clone` was copied from `local`, so its containers have
 * the same ids. `tls` listens on TCP with TLS. `ssh` is behind a real sshd, which refuses the key for `refused`.
 */
export class RealHosts {
  readonly local = new DockerEngine();
  readonly clone = new DockerEngine({ cgroupParent: '/clone' });
  readonly ssh = new DockerEngine();
  readonly server = new SshServer(this.ssh.host);
  readonly #docker: string;
  #tls: DockerEngine | undefined;
  #env: Record<string, string> = {};

  constructor(private readonly folder: TemporaryFolder) {
    this.#docker = join(folder.path, 'docker');
  }

  get tls(): DockerEngine {
    if (this.#tls === undefined) throw new Error('Call start() first');
    return this.#tls;
  }

  /** The settings with which the service reaches all hosts. */
  get env(): Record<string, string> {
    return this.#env;
  }

  /** The docker and ssh processes of the service. */
  get processes(): number[] {
    return [...findProcesses(this.#docker), ...this.server.clients];
  }

  async start(): Promise<void> {
    const [docker = ''] = findPrograms('docker');
    symlinkSync(docker, this.#docker); // a path of its own, by which its processes are found
    const authority = new CertificateAuthority({ folder: this.folder });
    const tls = await createTlsListener(this.folder, authority.cert, authority.issue('engine'));
    this.#tls = new DockerEngine({ tls });
    await Promise.all([this.#startClones(), this.server.start(), this.#start('tls'), this.#start('ssh')]);
    this.server.shareConnection(); // as the documentation advises: each login takes a part of a second
    const { local, clone, server } = this;
    const urls = [local.host, clone.host, `tcp://127.0.0.1:${tls.port}`, server.host, server.refusingHost];
    this.#env = {
      ...createTlsEnv(this.folder, authority.cert, authority.issue('client')),
      DOCKER_HOSTS: HOSTS.map((name, n) => `${name}=${urls[n]}`).join(),
      DOCKER_BIN: this.#docker,
      PATH: `${server.bin}:${process.env['PATH']}`,
    };
  }

  async destroy(): Promise<void> {
    this.server.endSharedConnection();
    const engines = [this.local, this.clone, this.ssh, ...(this.#tls === undefined ? [] : [this.#tls])];
    await Promise.all(engines.map((engine) => engine.destroy()));
    await this.server.destroy();
  }

  async #start(name: 'local' | 'tls' | 'ssh'): Promise<void> {
    await this[name].start();
    await this[name].runContainer('app', 'sleep 1000');
    await startBusy(this[name], (BUSY_PERCENT[name] ?? 0) / 100);
  }

  async #startClones(): Promise<void> {
    await this.#start('local');
    await this.local.stop();
    await this.clone.copyState(this.local);
    await Promise.all([this.local, this.clone].map(startWithContainers));
  }
}

/** Starts an engine that was stopped or killed, and its containers. */
export async function startWithContainers(engine: DockerEngine): Promise<void> {
  await engine.start();
  await engine.docker('start', 'app', 'busy');
}
