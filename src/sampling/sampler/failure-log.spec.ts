import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/support/sampling/fake-clock.js';
import { type Failure, FailureLog } from './failure-log.js';

const RECOVERED = 'Recovered: Prometheus works again';

const clock = new FakeClock();
const logged: unknown[] = [];
let log: FailureLog;
beforeEach(() => {
  logged.length = 0;
  vi.spyOn(Logger.prototype, 'error').mockImplementation((line) => void logged.push(String(line)));
  vi.spyOn(Logger.prototype, 'log').mockImplementation((line) => void logged.push(line));
  log = new FailureLog('prometheus', clock);
});

/** The runs of a sampler. */
class Runs {
  #failure: Failure | undefined;

  async fail(message: string): Promise<void> {
    await clock.advance(1);
    const error = new Error(message);
    log.addFailure(error, this.#failure);
    this.#failure = { error, endedAt: clock.now() };
  }

  async succeed(): Promise<void> {
    await clock.advance(1);
    log.addSuccess(this.#failure);
    this.#failure = undefined;
  }
}

describe('FailureLog', () => {
  it('has each cause of an outage of several samplers once, and one recovery', async () => {
    const [whole, part] = [new Runs(), new Runs()];
    await whole.fail('down');
    await part.fail('down');
    await whole.fail('slow');
    await part.fail('slow');
    await part.fail('down');
    await part.succeed();
    await whole.succeed();
    expect(logged).toEqual(['Error: down', 'Error: slow', RECOVERED]);
  });

  it('has a lasting failure of one sampler once, while another one works', async () => {
    const [whole, part] = [new Runs(), new Runs()];
    for (let n = 0; n < 3; n++) {
      await part.fail('no figures');
      await whole.succeed();
    }
    await part.succeed();
    expect(logged).toEqual(['Error: no figures', RECOVERED]);
  });

  it('has the next outage with the same cause, if the sampler that failed in the last one is no longer used', async () => {
    const [whole, part] = [new Runs(), new Runs()];
    await part.fail('down');
    await whole.succeed();
    await whole.fail('down');
    await whole.succeed();
    expect(logged).toEqual(['Error: down', 'Error: down', RECOVERED]);
  });

  it('has the recovery of each outage', async () => {
    const [whole, part] = [new Runs(), new Runs()];
    await whole.fail('down');
    await whole.succeed();
    await part.fail('down');
    await part.succeed();
    expect(logged).toEqual(['Error: down', RECOVERED, 'Error: down', RECOVERED]);
  });
});
