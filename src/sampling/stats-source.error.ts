import type { SourceErrorCode } from 'docker-stats-client';

const CODES: Readonly<Record<SourceErrorCode, true>> = {
  docker_not_found: true,
  docker_unreachable: true,
  docker_timeout: true,
  docker_unsupported: true,
  docker_failed: true,
  prometheus_unreachable: true,
  prometheus_timeout: true,
  prometheus_failed: true,
};

/** The codes of all source failures. */
export const SOURCE_ERROR_CODES = Object.keys(CODES) as readonly SourceErrorCode[];

/** One kind of source failure: a code for programs, and human-readable texts. */
export interface StatsSourceFailure {
  readonly code: SourceErrorCode;
  /** What is wrong, as a fixed text without details of the host: safe for every client. */
  readonly reason: string;
  /** What the operator can do about it. */
  readonly advice: string;
}

/** A source failed. The message is the engine's own text if there is one: only for unrestricted API keys and the log. */
export class StatsSourceError extends Error {
  readonly code: SourceErrorCode;
  readonly reason: string;
  readonly advice: string;

  constructor(failure: StatsSourceFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StatsSourceError';
    this.code = failure.code;
    this.reason = failure.reason;
    this.advice = failure.advice;
  }

  /** The engine's own message, and how to fix it. */
  get detailedMessage(): string {
    return `${endSentence(this.message)} ${this.#fix}`;
  }

  /** The fixed reason without the engine's message, and how to fix it. */
  get publicMessage(): string {
    return `${endSentence(this.reason)} ${this.#fix}`;
  }

  /** One line for the log. */
  get logMessage(): string {
    return `${this.code}: ${this.detailedMessage}`;
  }

  get #fix(): string {
    return `To fix: ${this.advice}.`;
  }
}

function endSentence(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}
