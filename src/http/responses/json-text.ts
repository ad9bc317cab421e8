import type { Express, Response } from 'express';

/** The text of a JSON body; it ends with a newline, so that a shell's prompt does not stand behind it. */
export function jsonText(body: unknown): string {
  return `${JSON.stringify(body)}\n`;
}

/** Gives that newline to all JSON of an Express application. */
export function endJsonWithNewline(express: Express): void {
  express.response.json = function (this: Response, body: unknown): Response {
    return this.type('json').send(jsonText(body));
  };
}
