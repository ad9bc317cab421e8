import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DockerEngine } from '../../support/engines/docker-engine.js';

const run = promisify(execFile);

/** A response that was received inside the network of an engine. */
export interface InnerResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Prints the status and the body of a response as JSON. Its arguments: the URL and a key. */
const SCRIPT = `
const [url, key] = process.argv.slice(1);
const response = await fetch(url, { headers: key === undefined ? {} : { 'X-API-Key': key } });
console.log(JSON.stringify({ status: response.status, body: await response.json() }));`;

/** Requests a path from the published port of the service, inside the network of the engine. */
export async function requestInside(
  engine: DockerEngine,
  path: string,
  key?: string,
): Promise<InnerResponse> {
  const url = `http://127.0.0.1:5005${path}`;
  const request = ['--input-type=module', '-e', SCRIPT, url, ...(key === undefined ? [] : [key])];
  const [nsenter = '', ...args] = engine.inNetwork([process.execPath, ...request]);
  const { stdout } = await run(nsenter, args);
  return JSON.parse(stdout) as InnerResponse;
}

/** Returns the status of the response; 0 if there is none. */
export async function requestStatusInside(engine: DockerEngine, path: string, key?: string): Promise<number> {
  return requestInside(engine, path, key).then(
    ({ status }) => status,
    () => 0,
  );
}
