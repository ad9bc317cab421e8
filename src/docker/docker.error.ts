/** The stable codes of docker's failures, as callers see them. */
export type DockerErrorCode =
  'docker_not_found' | 'docker_unreachable' | 'docker_timeout' | 'docker_unsupported' | 'docker_failed';

/** What a failure of docker means: the code for programs, the words for people. */
export interface DockerFailure {
  readonly code: DockerErrorCode;
  /** What is wrong, in words of ours that tell nothing of the host: fit for anybody. */
  readonly reason: string;
  /** What the operator can do about it. */
  readonly advice: string;
}

/** Docker gave no figures. The message is docker's own text where there is one: for authenticated callers and the log. */
export class DockerError extends Error {
  readonly code: DockerErrorCode;
  readonly reason: string;
  readonly advice: string;

  constructor(failure: DockerFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DockerError';
    this.code = failure.code;
    this.reason = failure.reason;
    this.advice = failure.advice;
  }

  /** What went wrong in docker's own words where there are any, and what to do about it. */
  get forAuthenticated(): string {
    return `${sentence(this.message)} ${this.#fix}`;
  }

  /** The same in words of ours alone. */
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
