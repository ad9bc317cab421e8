/** Why a run has no result. */
export type CommandErrorCode =
  | 'command_not_found'
  | 'command_not_executable'
  | 'command_start_failed'
  | 'command_output_limit'
  | 'command_aborted';

/** A run without a result: the program was not started or not allowed to finish. */
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
