import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';

/** Is called when a request arrives and when its response is closed. */
export interface RequestObserver {
  onBegin?(request: IncomingMessage, response: ServerResponse): void;
  /**
   * The response is closed: it is completely sent, or the client has disconnected.
   *
   * @param durationMs time since the request arrived
   */
  onEnd(request: IncomingMessage, response: ServerResponse, durationMs: number): void;
}

/** The part of the `ServerAdapter` that reports requests. */
export interface RequestSource {
  /** Called with each request on arrival, before it is handled. */
  onRequest: RequestListener;
}

/** The observers, in the order in which they are called. */
const ORDER = ['tracker', 'log', 'count'] as const;

/** Calls the observers of each request. */
@Injectable()
export class RequestLifeCycle implements OnModuleInit {
  readonly #logger = new Logger(RequestLifeCycle.name);
  readonly #observers = new Map<(typeof ORDER)[number], RequestObserver>();
  #ordered: readonly RequestObserver[] = [];

  /** A write after the end of a response emits 'error', which would end the process without this listener. */
  readonly #logError = (error: Error): void => this.#logger.error(error);

  constructor(private readonly adapterHost: HttpAdapterHost<AbstractHttpAdapter & RequestSource>) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.onRequest = (request, response) => this.#begin(request, response);
  }

  /** Registers the observer of this name; replaces an earlier one. */
  observe(name: (typeof ORDER)[number], observer: RequestObserver): void {
    this.#observers.set(name, observer);
    this.#ordered = ORDER.flatMap((each) => this.#observers.get(each) ?? []);
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const arrivedAt = performance.now();
    for (const observer of this.#ordered) observer.onBegin?.(request, response);
    response.on('error', this.#logError);
    response.once('close', () => {
      const durationMs = performance.now() - arrivedAt;
      for (const observer of this.#ordered) observer.onEnd(request, response, durationMs);
    });
  }
}
