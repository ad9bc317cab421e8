import { DockerError } from '../docker/docker.error.js';

/** What the log says of an error: of docker's what to do about it; a fault of ours itself, with its stack. */
export function logTextOf(error: unknown): string | Error {
  if (error instanceof DockerError) return error.forOperator;
  return error instanceof Error ? error : String(error);
}
