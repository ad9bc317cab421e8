import type { Server } from 'node:https';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { FileWatch } from '../../config/files/file-watch.js';
import { Settings } from '../../config/settings.js';
import { readTlsFiles } from '../../config/files/tls-files.js';

/** Takes up new certificates and keys without a restart. Connections that are open keep theirs. */
@Injectable()
export class TlsReload implements OnModuleDestroy {
  readonly #logger = new Logger(TlsReload.name);
  readonly #fileWatch: FileWatch | undefined;

  /** Watches before the server reads the files, which it does when Nest has made all providers. */
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly settings: Settings,
  ) {
    const { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE } = this.settings;
    const files = [TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE].filter((path) => path !== undefined);
    if (files.length > 0) this.#fileWatch = new FileWatch(files, () => this.#reload());
  }

  onModuleDestroy(): void {
    this.#fileWatch?.close();
  }

  #reload(): void {
    try {
      const tls = readTlsFiles(this.settings);
      if (tls === undefined) return;
      (this.adapterHost.httpAdapter.getHttpServer() as Server).setSecureContext(tls);
      this.#logger.log('The files of TLS have changed; new connections use them');
    } catch (error) {
      this.#logger.error(`The certificates stay as they were: ${(error as Error).message}`);
    }
  }
}
