import type { DockerEngine } from '../../support/engines/docker-engine.js';
import { getInNamespace, type NamespacedResponse } from '../../support/http/namespaced-get.js';

/** Requests a path from a published port, inside the network of the engine. */
export function requestInside(
  engine: DockerEngine,
  path: string,
  key?: string,
  port = 5005,
): Promise<NamespacedResponse> {
  const enter = (command: readonly string[]): string[] => engine.inNetwork(command);
  return getInNamespace(
    enter,
    `http://127.0.0.1:${port}${path}`,
    key === undefined ? {} : { 'X-API-Key': key },
  );
}

/** Returns the status of the response; 0 if there is none. */
export async function requestStatusInside(engine: DockerEngine, path: string, key?: string): Promise<number> {
  return requestInside(engine, path, key).then(
    ({ status }) => status,
    () => 0,
  );
}
