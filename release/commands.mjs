import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** A reason why a release is not possible. Its message is for the person at the terminal. */
export class ReleaseError extends Error {}

/**
 * Runs a program in a folder. Returns its stdout without the last line break.
 *
 * @param {string} folder
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
export async function run(folder, program, ...args) {
  const { stdout } = await runFile(program, args, { cwd: folder, maxBuffer: 2 ** 26 });
  return stdout.trimEnd();
}

/**
 * Runs git in a folder. Returns its stdout without the last line break.
 *
 * @param {string} folder
 * @param {readonly string[]} args
 * @returns {Promise<string>}
 */
export function git(folder, ...args) {
  return run(folder, 'git', ...args);
}
