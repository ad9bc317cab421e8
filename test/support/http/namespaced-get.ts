import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A response that was received in another network. */
export interface NamespacedResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Prints the status and the body of a response as JSON. */
const SCRIPT = `
const [url, headers] = process.argv.slice(1);
const response = await fetch(url, { headers: JSON.parse(headers) });
console.log(JSON.stringify({ status: response.status, body: await response.json() }));
`;

/**
 * Sends a GET request from the network of other processes.
 *
 * @param enter adds `nsenter` and its options to a command
 */
export async function getInNamespace(
  enter: (command: readonly string[]) => readonly string[],
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<NamespacedResponse> {
  const command = [process.execPath, '--input-type=module', '-e', SCRIPT, url, JSON.stringify(headers)];
  const [program = '', ...args] = enter(command);
  const { stdout } = await run(program, args);
  return JSON.parse(stdout) as NamespacedResponse;
}
