import { vi } from 'vitest';

/** One server-sent event. */
export interface ServerSentEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** A client of a server-sent event stream. It stores everything that it receives. */
export class EventStream {
  text = '';
  hasEnded = false;

  private constructor(
    readonly response: Response,
    private readonly controller: AbortController,
  ) {
    void this.#read();
  }

  /** Requests a stream and waits for the response headers. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const controller = new AbortController();
    return new EventStream(await fetch(url, { headers, signal: controller.signal }), controller);
  }

  /** The events received so far, without comments and without an incomplete last event. */
  get events(): ServerSentEvent[] {
    const blocks = this.text.split('\n\n').slice(0, -1);
    return blocks.filter((block) => !block.startsWith(':')).map(parseEvent);
  }

  /** Waits until at least this many events are received. Returns all events. */
  async waitForEvents(count: number): Promise<ServerSentEvent[]> {
    const find = (): ServerSentEvent[] => {
      if (this.events.length < count) throw new Error(`received ${this.events.length} of ${count} events`);
      return this.events;
    };
    return vi.waitFor(find, { timeout: 5000 });
  }

  close(): void {
    this.controller.abort();
  }

  async #read(): Promise<void> {
    const text = this.response.body?.pipeThrough(new TextDecoderStream());
    try {
      for await (const chunk of text ?? []) this.text += chunk;
      this.hasEnded = true;
    } catch {
      // The test or the service aborted the response, so `hasEnded` stays false.
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
