import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';

/** Parses the text of a setting. `parse` returns invalid text unchanged; the setting's rule then rejects it. */
export function ReadText(parse: (text: string) => unknown): PropertyDecorator {
  return Transform(({ value }: { value: string | undefined }): unknown => parse(value ?? ''));
}

/** A whole number in decimal digits. Rejects `1e3`, `0x10`, `+5` and ` 80 `. */
export function Integer(min: number, max: number): PropertyDecorator {
  const message = `$property must be a whole number from ${min} to ${max}`;
  return applyDecorators(
    ReadText((text) => (/^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text)),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}

/** `true` or `false`, in lower case. */
export function Flag(): PropertyDecorator {
  const values = new Map([
    ['true', true],
    ['false', false],
  ]);
  return applyDecorators(
    ReadText((text) => values.get(text) ?? text),
    IsBoolean({ message: '$property must be true or false' }),
  );
}
