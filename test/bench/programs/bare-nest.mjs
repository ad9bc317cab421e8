// A bare NestJS application: one route that returns BODY, without guards, pipes or custom headers. Express' ETag is off, since it
// hashes every response: this is the fastest of the usual configurations.
import { Controller, Get, Header, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const body = process.env['BODY'] ?? '';

class StatsController {
  list() {
    return body;
  }
}
class AppModule {} // oxlint-disable-line typescript/no-extraneous-class -- decorated below

// Applies the decorators as functions, since this file is not compiled.
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
