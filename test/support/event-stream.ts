import { vi } from 'vitest';

/** One server-sent event. */
export interface ServerSentEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** A client of a stream of server-sent events: keeps all that comes. */
export class EventStream {
  text = '';
  hasEnded = false;

  private constructor(
    readonly response: Response,
    private readonly gone: AbortController,
  ) {
    void this.#read();
  }

  /** Asks for a stream; waits until its headers are there. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const gone = new AbortController();
    return new EventStream(await fetch(url, { headers, signal: gone.signal }), gone);
  }

  /** The events that have come whole, without comments. */
  get events(): ServerSentEvent[] {
    const blocks = this.text.split('\n\n').slice(0, -1);
    return blocks.filter((block) => !block.startsWith(':')).map(parseEvent);
  }

  /** Waits until so many events have come. */
  async receives(count: number): Promise<ServerSentEvent[]> {
    const find = (): ServerSentEvent[] => {
      if (this.events.length < count) throw new Error(`only ${this.events.length} events of ${count}`);
      return this.events;
    };
    return vi.waitFor(find, { timeout: 5000 });
  }

  close(): void {
    this.gone.abort();
  }

  async #read(): Promise<void> {
    const text = this.response.body?.pipeThrough(new TextDecoderStream());
    try {
      for await (const piece of text ?? []) this.text += piece;
      this.hasEnded = true;
    } catch {
      // Cut off, by us or by the service: it has not ended.
    }
  }
}

function parseEvent(block: string): ServerSentEvent {
  const fields = block.split('\n').map((line) => {
    const [, name = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
    return [name, value];
  });
  return Object.fromEntries(fields) as ServerSentEvent;
}
