import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';

/** Follows each request, from the time that it comes to the time that its response is closed. */
export interface RequestObserver {
  /** A request has come. */
  began?(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Its response is closed: it has been sent, or the client has gone.
   *
   * @param durationMs how long ago the request came
   */
  ended(request: IncomingMessage, response: ServerResponse, durationMs: number): void;
}

/** Where requests come from: the server. */
export interface RequestSource {
  /** Called with each request as it comes, before it is served. */
  onRequest: RequestListener;
}

/** The order of the observers. */
const ORDER = ['in-flight', 'log', 'count'] as const;

/** Tells the observers of each request: the one place that follows requests. */
@Injectable()
export class RequestLifeCycle implements OnModuleInit {
  readonly #logger = new Logger(RequestLifeCycle.name);
  readonly #observers = new Map<(typeof ORDER)[number], RequestObserver>();
  #inOrder: readonly RequestObserver[] = [];

  /** A write behind the end of a response is a bug, which must not end the process. */
  readonly #logError = (error: Error): void => this.#logger.error(error);

  constructor(private readonly adapterHost: HttpAdapterHost<AbstractHttpAdapter & RequestSource>) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter.onRequest = (request, response) => this.#begin(request, response);
  }

  /** Tells an observer of every request from now on; there is one for each place in the order. */
  observe(place: (typeof ORDER)[number], observer: RequestObserver): void {
    this.#observers.set(place, observer);
    this.#inOrder = ORDER.flatMap((one) => this.#observers.get(one) ?? []);
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const beganAt = performance.now();
    for (const observer of this.#inOrder) observer.began?.(request, response);
    response.on('error', this.#logError);
    response.once('close', () => {
      const durationMs = performance.now() - beganAt;
      for (const observer of this.#inOrder) observer.ended(request, response, durationMs);
    });
  }
}
