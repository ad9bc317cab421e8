import {
  type ArgumentMetadata,
  BadRequestException,
  Injectable,
  type PipeTransform,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import type { ValidationError } from 'class-validator';

/** What the pipe has found out about the DTO of a query. */
interface QueryType {
  readonly parameters: ReadonlySet<string>;
  /** The validated DTO of a query without parameters, cached since most requests have none. */
  readonly empty: unknown;
}

/** Parameter names that a message may repeat; any other could be a misplaced key. */
const HARMLESS_NAME = /^[A-Za-z_-]{1,24}$/;

/** Validates queries against their DTOs; refuses parameters that are not in the DTO. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  readonly #queryTypes = new Map<Type, QueryType>();
  readonly #validation = new ValidationPipe({
    transform: true,
    exceptionFactory: (errors) => new BadRequestException(errors.flatMap(collectMessages).join('; ')),
  });

  /** @throws {BadRequestException} names each invalid parameter and its rule, never its value */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type !== 'query' || metadata.metatype === undefined) return value;
    const queryType = this.#queryTypes.get(metadata.metatype);
    return queryType === undefined
      ? this.#inspect(value, metadata)
      : this.#validate(value, metadata, queryType);
  }

  #validate(value: unknown, metadata: ArgumentMetadata, { parameters, empty }: QueryType): unknown {
    const given = Object.keys(value ?? {});
    if (given.length === 0) return empty;
    // Nest's `forbidNonWhitelisted` accepts names that every object has, such as `constructor`.
    const unknown = given.find((name) => !parameters.has(name));
    if (unknown !== undefined) {
      const named = HARMLESS_NAME.test(unknown) ? ` "${unknown}"` : '';
      const allowed = [...parameters].toSorted().join(', ');
      throw new BadRequestException(`Unknown query parameter${named}; allowed: ${allowed}`);
    }
    return this.#validation.transform(value, metadata);
  }

  /** Finds out about a DTO on its first use, then validates. */
  async #inspect(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const dto = metadata.metatype as Type<object>;
    const empty: unknown = Object.freeze(await this.#validation.transform({}, metadata));
    const queryType = { parameters: new Set(Object.keys(new dto())), empty };
    this.#queryTypes.set(dto, queryType);
    return this.#validate(value, metadata, queryType);
  }
}

function collectMessages({ constraints = {} }: ValidationError): string[] {
  return [...new Set(Object.values(constraints))];
}
