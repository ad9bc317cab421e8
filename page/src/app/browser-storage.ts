/** A storage of the browser. If it is blocked or full, values are not kept. */
export class BrowserStorage {
  /** @param open returns the storage; throws if the browser blocks it */
  constructor(private readonly open: () => Storage) {}

  read(name: string): string | undefined {
    return this.#attempt((storage) => storage.getItem(name)) ?? undefined;
  }

  /** Returns whether the value is kept. */
  write(name: string, value: string): boolean {
    const isKept = this.#attempt((storage) => {
      storage.setItem(name, value);
      return true;
    });
    return isKept ?? false;
  }

  remove(name: string): void {
    this.#attempt((storage) => storage.removeItem(name));
  }

  #attempt<T>(work: (storage: Storage) => T): T | undefined {
    try {
      return work(this.open());
    } catch {
      return undefined;
    }
  }
}

/** Ends with the tab. */
export const TAB_STORAGE = new BrowserStorage(() => sessionStorage);

/** Stays on the device. */
export const DEVICE_STORAGE = new BrowserStorage(() => localStorage);
