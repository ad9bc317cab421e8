/** How much is remembered, in characters. */
const MAX_LENGTH = 16_777_216;

/** An answer that a `304` may stand for. */
export interface RememberedAnswer {
  readonly etag: string;
  readonly text: string;
  /** When it came, on the clock of `performance.now()`. */
  readonly receivedAt: number;
}

/** The last answer of each path, the latest used of them. As text: what one caller does to its value is not seen by others. */
export class RememberedAnswers {
  readonly #answers = new Map<string, RememberedAnswer>();
  #length = 0;

  constructor(private readonly maxLength = MAX_LENGTH) {}

  get(path: string): RememberedAnswer | undefined {
    const answer = this.#answers.get(path);
    if (answer !== undefined) {
      this.#answers.delete(path);
      this.#answers.set(path, answer); // the Map's order is that of use
    }
    return answer;
  }

  set(path: string, answer: RememberedAnswer): void {
    this.#forget(path);
    this.#answers.set(path, answer);
    this.#length += lengthOf(path, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#length <= this.maxLength) break;
      this.#forget(oldest);
    }
  }

  #forget(path: string): void {
    const answer = this.#answers.get(path);
    if (answer === undefined) return;
    this.#answers.delete(path);
    this.#length -= lengthOf(path, answer);
  }
}

function lengthOf(path: string, { etag, text }: RememberedAnswer): number {
  return path.length + etag.length + text.length;
}
