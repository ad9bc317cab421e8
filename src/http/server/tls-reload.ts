import type { Server } from 'node:https';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { FileWatcher } from '../../config/files/file-watcher.js';
import { Settings } from '../../config/settings.js';
import { readTlsFiles } from '../../config/files/tls-files.js';

/** Reloads certificates and keys when their files change. Open connections keep the old ones. */
@Injectable()
export class TlsReload implements OnModuleDestroy {
  readonly #logger = new Logger(TlsReload.name);
  readonly #fileWatcher: FileWatcher | undefined;

  /** Starts the watch in the constructor: the server reads the files later, so no change is missed. */
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly settings: Settings,
  ) {
    const { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE } = this.settings;
    const files = [TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE].filter((path) => path !== undefined);
    if (files.length > 0) this.#fileWatcher = new FileWatcher(files, () => this.#reload());
  }

  onModuleDestroy(): void {
    this.#fileWatcher?.close();
  }

  #reload(): void {
    try {
      const tls = readTlsFiles(this.settings);
      if (tls === undefined) return;
      (this.adapterHost.httpAdapter.getHttpServer() as Server).setSecureContext(tls);
      this.#logger.log('TLS files reloaded; new connections use them');
    } catch (error) {
      this.#logger.error(
        `TLS files not reloaded; keeping the current certificates: ${(error as Error).message}`,
      );
    }
  }
}
