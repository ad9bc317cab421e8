import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestLifeCycle, type RequestSource } from './request-life-cycle.js';

const request = {} as IncomingMessage;
let response: ServerResponse & { req: IncomingMessage };
let source: RequestSource;
let lifeCycle: RequestLifeCycle;
beforeEach(() => {
  response = new EventEmitter() as typeof response;
  source = { onRequest: () => expect.unreachable() };
  const host = new HttpAdapterHost() as ConstructorParameters<typeof RequestLifeCycle>[0];
  Object.defineProperty(host, 'httpAdapter', { value: source });
  lifeCycle = new RequestLifeCycle(host);
  lifeCycle.onModuleInit();
});

describe('RequestLifeCycle', () => {
  it('calls its observers in a fixed order, not in the order of their registration', () => {
    const calls: string[] = [];
    for (const place of ['count', 'tracker', 'log'] as const) {
      lifeCycle.observe(place, {
        onBegin: () => calls.push(`${place} onBegin`),
        onEnd: () => calls.push(`${place} onEnd`),
      });
    }
    source.onRequest(request, response);
    expect(calls).toEqual(['tracker onBegin', 'log onBegin', 'count onBegin']);
    response.emit('close');
    response.emit('close');
    expect(calls.slice(3)).toEqual(['tracker onEnd', 'log onEnd', 'count onEnd']);
  });

  it('logs an error event of a response instead of throwing it', () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    source.onRequest(request, response);
    const error = new Error('write after end');
    response.emit('error', error);
    expect(logged.mock.calls).toEqual([[error]]);
  });
});
