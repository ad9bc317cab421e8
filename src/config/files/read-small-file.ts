import { readFileSync, statSync } from 'node:fs';

const MAX_BYTES = 1_048_576;

/**
 * Reads a UTF-8 text file of at most 1 MiB.
 *
 * @throws {Error} whose message is the reason and never contains text of the file
 */
export function readSmallFile(path: string): string {
  try {
    const file = statSync(path);
    if (!file.isFile()) throw new Error('not a regular file'); // reading a pipe could block forever
    if (file.size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'not valid UTF-8' : (code ?? message);
    throw new Error(reason, { cause: error });
  }
}
