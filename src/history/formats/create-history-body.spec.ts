import { describe, expect, it } from 'vitest';
import { createContainer, createSample } from '../../../test/support/history/history-samples.js';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { FakeClock } from '../../../test/support/sampling/fake-clock.js';
import { HISTORY_FIELDS } from '../figures/history-fields.js';
import { SampleHistory } from '../store/sample-history.js';
import { createHistoryBody } from './create-history-body.js';

describe('createHistoryBody', () => {
  it.each([{ view: 'summary' }, { points: 2 }] as const)(
    'does not block the event loop for all fields of a container in many samples: %o',
    async (options) => {
      const history = new SampleHistory({ maxAgeMs: Infinity, maxBytes: Infinity }, new FakeClock());
      for (let n = 0; n < 20_000; n++) history.add(createSample(n * 2000, [createContainer('a')]));
      await history.settle();
      const turns = await countTurns(() =>
        createHistoryBody(
          history.read(-Infinity, Infinity, 0),
          () => true,
          {
            fields: HISTORY_FIELDS,
            since: undefined,
            until: 4e7,
            points: undefined,
            view: undefined,
            format: 'json',
            ...options,
          },
          new Date(0),
        ),
      );
      expect(turns).toBeGreaterThan(HISTORY_FIELDS.length / 2);
    },
  );
});
