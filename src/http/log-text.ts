import { DockerError } from '../docker/docker.error.js';

/** What the log says of an error: of docker's what to do about it, of a fault of ours where it comes from. */
export function logTextOf(error: unknown): string {
  if (error instanceof DockerError) return error.forOperator;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
