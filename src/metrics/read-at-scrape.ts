import { Counter, Gauge } from 'prom-client';

/** A counter that somebody else keeps, and that is read at each scrape. */
export function counterOf(name: string, help: string, read: () => number): Counter {
  return new Counter({
    name,
    help,
    registers: [],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** A figure that is read at each scrape; while it is `undefined`, there is no series. */
export function gaugeOf(
  name: string,
  help: string,
  read: () => number | undefined | Promise<number | undefined>,
): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    async collect() {
      const value = await read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
}
