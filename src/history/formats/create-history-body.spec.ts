import { describe, expect, it } from 'vitest';
import { createContainer, createSample } from '../../../test/support/history/history-samples.js';
import { countTurns } from '../../../test/support/processes/event-loop.js';
import { FakeClock } from '../../../test/support/sampling/fake-clock.js';
import { HISTORY_FIELDS } from '../figures/history-fields.js';
import { SampleHistory } from '../store/sample-history.js';
import { selectSeries } from '../store/select-series.js';
import { TimeSlices } from '../../sampling/time-slices.js';
import { createHistoryBody } from './create-history-body.js';

const OPTIONS = {
  fields: HISTORY_FIELDS,
  since: undefined,
  until: 24e7,
  points: undefined,
  view: undefined,
  format: 'json',
  hasHosts: false,
} as const;

describe('createHistoryBody', () => {
  it.each([{ view: 'summary' }, { points: 2 }] as const)(
    'does not block the event loop for all fields of a container in many samples: %o',
    async (options) => {
      const history = new SampleHistory({ maxAgeMs: Infinity, maxBytes: Infinity }, new FakeClock());
      for (let n = 0; n < 120_000; n++) history.add(createSample(n * 2000, [createContainer('a')]));
      await history.settle();
      const slices = new TimeSlices('own');
      const blocks = history.read(-Infinity, Infinity, 0);
      const selection = await selectSeries([{ host: undefined, blocks }], () => true, slices);
      const turns = await countTurns(() => createHistoryBody(selection, { ...OPTIONS, ...options }, slices));
      expect(turns).toBeGreaterThan(HISTORY_FIELDS.length / 2);
    },
  );

  it('counts the values of all hosts together', async () => {
    const [times, containers] = [1000, 501];
    const timelines = ['web1', 'web2'].map((host) => ({
      host,
      times: Array.from({ length: times }, (_, n) => n),
      segments: new Uint32Array(times),
      gaps: [],
    }));
    const series = timelines.flatMap((timeline) =>
      Array.from({ length: containers }, (_, n) => ({
        container: createContainer(`${n}`),
        timeline,
        readFigure: () => new Float64Array(times),
        countSamples: () => times,
      })),
    );
    const options = { ...OPTIONS, fields: HISTORY_FIELDS.slice(0, 1) };
    await expect(createHistoryBody({ timelines, series }, options, new TimeSlices('own'))).rejects.toThrow(
      'The response would have 1002000 values; at most 1000000 are allowed',
    );
  });
});
