import { readFileSync, statSync } from 'node:fs';

const MAX_BYTES = 1_048_576;

/**
 * The text of a file that an operator has written: UTF-8, a mebibyte at most.
 *
 * @throws {Error} that says what is wrong with the file, and nothing of what is in it
 */
export function readSmallFile(path: string): string {
  try {
    const file = statSync(path);
    if (!file.isFile()) throw new Error('it is no regular file'); // to read a pipe might take for ever
    if (file.size > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is no UTF-8 text' : (code ?? message);
    throw new Error(reason, { cause: error });
  }
}
