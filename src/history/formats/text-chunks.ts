/** How much text is converted to bytes at once. */
const CHUNK_LENGTH = 65_536;

/** Collects a long text as bytes. */
export class TextChunks {
  readonly #chunks: Buffer[] = [];
  #text = '';

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= CHUNK_LENGTH) this.#flush();
  }

  /** Adds the items with commas between them. */
  addList(items: readonly string[]): void {
    items.forEach((item, n) => this.add(n === 0 ? item : `,${item}`));
  }

  /** Returns the whole text. */
  end(): readonly Buffer[] {
    this.#flush();
    return this.#chunks;
  }

  #flush(): void {
    this.#chunks.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
