import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { findFreePort } from '../http/free-port.js';
import { findProcesses } from '../processes/processes.js';
import { REFUSED_USER, sshConfig, sshdConfig } from './ssh-config.js';

/** The `ssh` that docker finds first. It needs `-F`, because OpenSSH ignores `HOME` and reads the configuration of the machine's user. */
const CLIENT = (config: string): string => `#!/bin/sh\nPATH=\${PATH#*:}\nexec ssh -F ${config} "$@"\n`;

/** A real sshd on the loopback address, in front of an engine, and a client that it accepts. All its state is in a temporary folder. Needs root. */
export class SshServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ssh-server-'));
  /** The folder of the `ssh` that uses this client's configuration, for the `PATH` of docker. */
  readonly bin = join(this.#folder, 'bin');
  #port = 0;
  #sshd: ChildProcess | undefined;
  #log = '';

  constructor(private readonly engineHost: string) {}

  get host(): string {
    return `ssh://127.0.0.1:${this.#port}`;
  }

  /** The same host, with a user for whom it accepts no key. */
  get refusingHost(): string {
    return `ssh://${REFUSED_USER}@127.0.0.1:${this.#port}`;
  }

  /** The processes of the client. A shared connection is not one of them. */
  get clients(): number[] {
    return findProcesses(this.#path('ssh_config'));
  }

  /** How many times a client has logged in. */
  get logins(): number {
    return this.#log.split('Accepted publickey').length - 1;
  }

  /** Starts sshd and waits until it listens. The client has a key that it accepts, and knows its host key. */
  async start(): Promise<void> {
    this.#port = await findFreePort();
    for (const name of ['host', 'client', 'other']) this.#createKey(name);
    this.#createKey('locked', 'a passphrase');
    this.#write('sshd_config', sshdConfig(this.#folder, this.#port, this.engineHost));
    mkdirSync(this.bin);
    writeFileSync(join(this.bin, 'ssh'), CLIENT(this.#path('ssh_config')), { mode: 0o755 });
    this.reset();
    mkdirSync('/run/sshd', { recursive: true }); // sshd requires this folder; the package does not create it
    // sshd requires its absolute path
    this.#sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', this.#path('sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#sshd.stderr?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
    await vi.waitFor(() => {
      if (!this.#log.includes('Server listening')) throw new Error(`sshd does not listen: ${this.#log}`);
    });
  }

  /** Accepts the key of the client again, and makes the client use that key and know the host key. */
  reset(): void {
    this.useKey('client');
    this.knowHostKey('host');
    this.authorize();
  }

  /** Sets the options of the client's key in `authorized_keys`, such as `command="…"`. */
  authorize(options = ''): void {
    this.#write('authorized_keys', `${options} ${this.#readPublicKey('client')}`);
  }

  /** Makes the client use a key: its own, one that the server does not accept, or one with a passphrase. */
  useKey(name: 'client' | 'other' | 'locked', options: readonly string[] = []): void {
    this.#write('ssh_config', sshConfig(this.#folder, name, options));
  }

  /** Makes the client expect the key of the server, another one, or know none. */
  knowHostKey(name: 'host' | 'other' | undefined): void {
    const line = name === undefined ? '' : `[127.0.0.1]:${this.#port} ${this.#readPublicKey(name)}`;
    this.#write('known_hosts', line);
  }

  /** Opens a connection that the client then shares. */
  shareConnection(): void {
    const options = ['ControlMaster auto', `ControlPath ${this.#path('control-%C')}`, 'ControlPersist 60'];
    this.useKey('client', options);
    this.run('127.0.0.1', 'true');
  }

  /** Ends the shared connection. */
  endSharedConnection(): void {
    this.run('-O', 'exit', '127.0.0.1');
  }

  /** Runs the client with these arguments. Returns its output. */
  run(...args: string[]): string {
    const connection = ['-F', this.#path('ssh_config'), '-p', String(this.#port)];
    const input = ''; // ends `dial-stdio` at once
    return spawnSync('ssh', [...connection, ...args], { encoding: 'utf8', timeout: 5000, input }).stdout;
  }

  async destroy(): Promise<void> {
    const sshd = this.#sshd;
    if (sshd !== undefined && sshd.exitCode === null) {
      const exit = once(sshd, 'exit');
      sshd.kill();
      await exit;
    }
    rmSync(this.#folder, { recursive: true });
  }

  #createKey(name: string, passphrase = ''): void {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', this.#path(name)]);
  }

  #readPublicKey(name: string): string {
    return readFileSync(this.#path(`${name}.pub`), 'utf8');
  }

  #write(name: string, content: string): void {
    writeFileSync(this.#path(name), content);
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}
