// What NestJS itself can do: one route that answers the bytes of BODY, without a guard, a pipe or a header of its own.
// Without Express' ETag, which costs a hash a request: the fastest of the ordinary ways, measured.
import { Controller, Get, Header, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const body = process.env['BODY'] ?? '';

class StatsController {
  list() {
    return body;
  }
}
class AppModule {} // oxlint-disable-line typescript/no-extraneous-class -- decorated below

// Decorators, without a compiler.
const list = Object.getOwnPropertyDescriptor(StatsController.prototype, 'list') ?? {};
Get('stats')(StatsController.prototype, 'list', list);
Header('Content-Type', 'application/json')(StatsController.prototype, 'list', list);
Controller()(StatsController);
Module({ controllers: [StatsController] })(AppModule);

/** @type {import('@nestjs/platform-express').NestExpressApplication} */
const app = await NestFactory.create(AppModule, { logger: false, bodyParser: false });
app.disable('etag');
await app.listen(0, '127.0.0.1');
console.log(`Listening on ${await app.getUrl()}`);
process.once('SIGTERM', () => process.exit(0));
