import {
  type ArgumentMetadata,
  BadRequestException,
  Injectable,
  type Type,
  ValidationPipe,
} from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';

/** What is known of a DTO for the query of a route. */
interface KnownQuery {
  readonly parameters: ReadonlySet<string>;
  /** What a query without parameters becomes, which most are. */
  readonly ofNothing: unknown;
}

/** A name of a parameter that may come back in a message; anything else could be a key in the wrong place. */
const SHOWN_NAME = /^[A-Za-z_-]{1,24}$/;

/** Validates requests against their DTOs; refuses what a DTO does not name. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  readonly #queries = new Map<Type, KnownQuery>();

  constructor() {
    super({
      transform: true,
      exceptionFactory: (errors) => new BadRequestException(errors.flatMap(messagesOf).join('; ')),
    });
  }

  /** @throws {BadRequestException} that says what each parameter at fault must be, and nothing of what it is */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'query' || metadata.metatype === undefined) return this.#validate(value, metadata);
    const { parameters, ofNothing } = await this.#queryOf(metadata);
    const given = Object.keys(value ?? {});
    if (given.length === 0) return ofNothing;
    // Nest's own check knows nothing of names that every object has, such as `constructor`.
    const unknown = given.find((name) => !parameters.has(name));
    if (unknown !== undefined) {
      const named = SHOWN_NAME.test(unknown) ? ` "${unknown}"` : '';
      const allowed = [...parameters].toSorted().join(', ');
      throw new BadRequestException(`Unknown query parameter${named}; allowed: ${allowed}`);
    }
    return this.#validate(value, metadata);
  }

  async #queryOf(metadata: ArgumentMetadata): Promise<KnownQuery> {
    const dto = metadata.metatype as Type;
    let known = this.#queries.get(dto);
    if (known === undefined) {
      const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
      const ofNothing: unknown = Object.freeze(await this.#validate({}, metadata));
      known = { parameters: new Set(rules.map(({ propertyName }) => propertyName)), ofNothing };
      this.#queries.set(dto, known);
    }
    return known;
  }

  #validate(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return super.transform(value, metadata) as Promise<unknown>;
  }
}

function messagesOf({ constraints = {} }: ValidationError): string[] {
  return [...new Set(Object.values(constraints))];
}
