import type { DockerErrorCode } from 'docker-stats-client';

const CODES: Readonly<Record<DockerErrorCode, true>> = {
  docker_not_found: true,
  docker_unreachable: true,
  docker_timeout: true,
  docker_unsupported: true,
  docker_failed: true,
};

/** The code of every failure of a source. */
export const SOURCE_ERROR_CODES = Object.keys(CODES) as readonly DockerErrorCode[];

/** What a failure of a source means: the code for programs, the words for people. */
export interface StatsSourceFailure {
  readonly code: DockerErrorCode;
  /** What is wrong, in fixed words that say nothing about the host: fit for anybody. */
  readonly reason: string;
  /** What the operator can do about it. */
  readonly advice: string;
}

/** A source gave no figures. The message is the engine's own text if there is one: for authenticated clients and the log. */
export class StatsSourceError extends Error {
  readonly code: DockerErrorCode;
  readonly reason: string;
  readonly advice: string;

  constructor(failure: StatsSourceFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StatsSourceError';
    this.code = failure.code;
    this.reason = failure.reason;
    this.advice = failure.advice;
  }

  /** What went wrong in the engine's own words if there are any, and what to do about it. */
  get forAuthenticated(): string {
    return `${sentence(this.message)} ${this.#fix}`;
  }

  /** The same in fixed words alone. */
  get forAnybody(): string {
    return `${sentence(this.reason)} ${this.#fix}`;
  }

  /** One line for the log. */
  get forOperator(): string {
    return `${this.code}: ${this.forAuthenticated}`;
  }

  get #fix(): string {
    return `To fix: ${this.advice}.`;
  }
}

function sentence(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}
