import { bytesOf } from './connection.js';
import { StatsClientError } from '../stats-client.error.js';
import type { ErrorBody } from '../wire-types.js';

/** More than any answer of the service: docker's output, of which answers are made, is limited to half as much. */
export const MAX_ANSWER_LENGTH = 67_108_864;

/**
 * The text of an answer.
 *
 * @throws {StatsClientError} `invalid_response` when there is too much of it, `network`, or the reason of the signal
 */
export async function textOf(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of bytesOf(response, signal)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_ANSWER_LENGTH) throw invalidResponse(response, 'is too long');
  }
  return text;
}

/** The JSON value of a text; `undefined`, which no JSON text is, where it is none. (An error would quote the text.) */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that an answer tells of: the service's own where it is one. */
export function errorIn(response: Response, text: string): StatsClientError {
  const body = jsonOf(text);
  return isErrorBody(body) ? errorOf(body, response) : invalidResponse(response, 'is none of the service');
}

/** An error of the service. */
export function errorOf({ code, message, statusCode }: ErrorBody, response?: Response): StatsClientError {
  return new StatsClientError(code, message, { status: statusCode, ...detailsOf(response) });
}

/** What one gets from a program that is not this service. */
export function invalidResponse(response: Response, fault: string): StatsClientError {
  const message = `The answer with status ${response.status} ${fault}: is the service at baseUrl?`;
  return new StatsClientError('invalid_response', message, detailsOf(response));
}

/** Whether a value is the body of an error. */
export function isErrorBody(value: unknown): value is ErrorBody {
  const { statusCode, code, message } = (value ?? {}) as Partial<Record<keyof ErrorBody, unknown>>;
  return typeof statusCode === 'number' && typeof code === 'string' && typeof message === 'string';
}

function detailsOf(
  response?: Response,
): { status: number; retryAfterMs: number | undefined; requestId: string | undefined } | undefined {
  if (response === undefined) return undefined;
  return {
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers.get('Retry-After')),
    requestId: response.headers.get('X-Request-Id') ?? undefined,
  };
}

/** Seconds, or a date (RFC 9110, section 10.2.3); of all else, as `1.5` or `5, 10`, `Date.parse` would make a date too. */
function retryAfterMs(value: string | null): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = text.endsWith(' GMT') ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(date - Date.now(), 0);
}
