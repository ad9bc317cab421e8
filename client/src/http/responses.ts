import { readBytes } from './http-client.js';
import { StatsClientError } from '../stats-client.error.js';
import type { TypeGuard } from '../type-guards.js';
import type { ErrorBody } from '../wire-types.js';

/** In characters. The service limits docker's output to half as much, so no response of the service is longer. */
export const MAX_RESPONSE_LENGTH = 67_108_864;

/**
 * Reads the body of a response as text.
 *
 * @throws {StatsClientError} `invalid_response` when the body is too long, `network`, or the signal's reason
 */
export async function readText(response: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of readBytes(response, signal)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_RESPONSE_LENGTH) throw createInvalidResponseError(response, 'Response too long');
  }
  return text;
}

/**
 * Reads the body of a response with the status 200 as text.
 *
 * @throws {StatsClientError} the error of another status, or as {@link readText}
 */
export async function readSuccess(response: Response, signal: AbortSignal): Promise<string> {
  const text = await readText(response, signal);
  if (response.status !== 200) throw createResponseError(response, text);
  return text;
}

/**
 * Parses a body.
 *
 * @throws {StatsClientError} `invalid_response` when the value has another form
 */
export function parseValue<T>(text: string, isValue: TypeGuard<T>, response: Response): T {
  const value = parseJson(text);
  if (!isValue(value)) throw createInvalidResponseError(response, 'Response with unexpected content');
  return value;
}

/** Parses JSON; returns `undefined` for invalid JSON, since the error of `JSON.parse` would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Creates the error for a response that is not a success: the error of the service, or `invalid_response`. */
export function createResponseError(response: Response, text: string): StatsClientError {
  const body = parseJson(text);
  return isErrorBody(body)
    ? createServiceError(body, response)
    : createInvalidResponseError(response, 'Unexpected response');
}

/** Creates the error that the service reports in an error body. */
export function createServiceError(
  { code, message, statusCode }: ErrorBody,
  response?: Response,
): StatsClientError {
  return new StatsClientError(code, message, { status: statusCode, ...(response && getDetails(response)) });
}

/** Creates the error for a response that does not come from docker-stats-api. */
export function createInvalidResponseError(response: Response, problem: string): StatsClientError {
  const message = `${problem} (HTTP ${response.status}): is baseUrl a docker-stats-api?`;
  return new StatsClientError('invalid_response', message, getDetails(response));
}

export function isErrorBody(value: unknown): value is ErrorBody {
  const { statusCode, code, message } = (value ?? {}) as Partial<Record<keyof ErrorBody, unknown>>;
  return typeof statusCode === 'number' && typeof code === 'string' && typeof message === 'string';
}

function getDetails({ status, headers }: Response): {
  status: number;
  retryAfterMs: number | undefined;
  requestId: string | undefined;
} {
  return {
    status,
    retryAfterMs: parseRetryAfter(headers.get('Retry-After')),
    requestId: headers.get('X-Request-Id') ?? undefined,
  };
}

/** Accepts seconds or an HTTP date (RFC 9110, section 10.2.3). `Date.parse` alone would also accept `1.5` or `5, 10`. */
function parseRetryAfter(value: string | null): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = text.endsWith(' GMT') ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(date - Date.now(), 0);
}
