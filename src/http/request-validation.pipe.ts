import { type ArgumentMetadata, BadRequestException, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';

/**
 * Names that every object has: Nest's pipe and class-transformer drop them in silence, before they look for unknown
 * ones.
 */
function isDropped(name: string): boolean {
  return name in Object.prototype || name === 'prototype';
}

/** Validates requests against their DTOs; refuses what a DTO does not name. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  /** What each DTO makes of a request without parameters, which most are. */
  readonly #ofNothing = new Map<unknown, unknown>();

  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      exceptionFactory: (errors) => new BadRequestException(errors.flatMap(messagesOf).join('; ')),
    });
  }

  /** @throws {BadRequestException} that names every parameter at fault */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dropped = metadata.type === 'query' && Object.keys(value ?? {}).find(isDropped);
    if (dropped) throw new BadRequestException(unknownParameter(dropped));
    if (!isEmptyQuery(value, metadata)) return this.#validate(value, metadata);
    if (!this.#ofNothing.has(metadata.metatype)) {
      this.#ofNothing.set(metadata.metatype, Object.freeze(await this.#validate(value, metadata)));
    }
    return this.#ofNothing.get(metadata.metatype);
  }

  #validate(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

/** A whole query, without parameters. */
function isEmptyQuery(value: unknown, { type, data }: ArgumentMetadata): boolean {
  return type === 'query' && data === undefined && Object.keys(value ?? {}).length === 0;
}

function messagesOf({ property, constraints = {} }: ValidationError): string[] {
  if ('whitelistValidation' in constraints) return [unknownParameter(property)];
  return [...new Set(Object.values(constraints))];
}

function unknownParameter(name: string): string {
  return `unknown parameter: ${name.slice(0, 100)}`;
}
