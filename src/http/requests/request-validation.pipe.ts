import {
  type ArgumentMetadata,
  BadRequestException,
  Injectable,
  type PipeTransform,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import type { ValidationError } from 'class-validator';

/** What is known of a DTO for the query of a route. */
interface KnownQuery {
  /** The names of its fields. */
  readonly parameters: ReadonlySet<string>;
  /** What a query without parameters becomes, which most are. */
  readonly ofNothing: unknown;
}

/** A name of a parameter that may come back in a message; anything else could be a key in the wrong place. */
const SHOWN_NAME = /^[A-Za-z_-]{1,24}$/;

/** Validates queries against their DTOs; refuses what a DTO does not name. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  readonly #queries = new Map<Type, KnownQuery>();
  readonly #validation = new ValidationPipe({
    transform: true,
    exceptionFactory: (errors) => new BadRequestException(errors.flatMap(messagesOf).join('; ')),
  });

  /** @throws {BadRequestException} that says what each invalid parameter must be, and never repeats its value */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type !== 'query' || metadata.metatype === undefined) return value;
    const known = this.#queries.get(metadata.metatype);
    return known === undefined ? this.#learn(value, metadata) : this.#validate(value, metadata, known);
  }

  #validate(value: unknown, metadata: ArgumentMetadata, { parameters, ofNothing }: KnownQuery): unknown {
    const given = Object.keys(value ?? {});
    if (given.length === 0) return ofNothing;
    // Nest's `forbidNonWhitelisted` lets names through that every object has, such as `constructor`.
    const unknown = given.find((name) => !parameters.has(name));
    if (unknown !== undefined) {
      const named = SHOWN_NAME.test(unknown) ? ` "${unknown}"` : '';
      const allowed = [...parameters].toSorted().join(', ');
      throw new BadRequestException(`Unknown query parameter${named}; allowed: ${allowed}`);
    }
    return this.#validation.transform(value, metadata);
  }

  async #learn(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dto = metadata.metatype as Type<object>;
    const ofNothing: unknown = Object.freeze(await this.#validation.transform({}, metadata));
    const known = { parameters: new Set(Object.keys(new dto())), ofNothing };
    this.#queries.set(dto, known);
    return this.#validate(value, metadata, known);
  }
}

function messagesOf({ constraints = {} }: ValidationError): string[] {
  return [...new Set(Object.values(constraints))];
}
