/** Why a run has no result. */
export type CommandErrorCode =
  | 'command_not_found'
  | 'command_not_executable'
  | 'command_start_failed'
  | 'command_output_limit'
  | 'command_aborted';

/** A program could not be run to a result; `code` says why. */
export class CommandError extends Error {
  constructor(
    readonly code: CommandErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}
