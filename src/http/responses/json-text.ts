import type { Express, Response } from 'express';

/** Formats a JSON body. The newline at its end puts a shell's prompt on a line of its own. */
export function formatJson(body: unknown): string {
  return `${JSON.stringify(body)}\n`;
}

/** Makes `response.json` of an Express application use {@link formatJson}. */
export function endJsonWithNewline(express: Express): void {
  express.response.json = function (this: Response, body: unknown): Response {
    return this.type('json').send(formatJson(body));
  };
}
