import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, Max, Min } from 'class-validator';

/** Turns the text of a setting into its value; a text that it leaves as it is fails the setting's rule. */
export function ReadText(read: (text: string) => unknown): PropertyDecorator {
  return Transform(({ value }: { value: string | undefined }): unknown => read(value ?? ''));
}

/** A whole number in plain decimal digits; `1e3`, `0x10`, `+5` and ` 80 ` are refused rather than guessed at. */
export function Integer(min: number, max: number): PropertyDecorator {
  const message = `$property must be a whole number from ${min} to ${max}`;
  return applyDecorators(
    ReadText((text) => (/^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text)),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}

/** `true` or `false`, in lower case, and nothing else. */
export function Flag(): PropertyDecorator {
  const words = new Map([
    ['true', true],
    ['false', false],
  ]);
  return applyDecorators(
    ReadText((text) => words.get(text) ?? text),
    IsBoolean({ message: '$property must be true or false' }),
  );
}
