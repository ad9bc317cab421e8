import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../src/command/command-runner.js';
import type { Variables } from '../../../src/config/environment.js';
import { SOURCES } from '../../support/contract/stats-scene.js';
import { StreamScene } from '../../support/contract/stream-scene.js';
import { row } from '../../support/docker/docker-rows.js';

/** About 5 MB in the full view: more than the 4 MB that the socket buffers hold. Long ids cost less time than many rows. */
const [ROWS, ID_LENGTH] = [400, 12_000];

/** No values but the CPU: so Prometheus has one series for each container. */
const CPU_ALONE = { MemUsage: '-- / --', MemPerc: '--', NetIO: '--', BlockIO: '--', PIDs: '--' };

/** Returns many rows of containers with this name. */
function createRows(name: string): string {
  return Array.from({ length: ROWS }, (_, n) =>
    row({ Name: name, ID: `${n}`.padStart(ID_LENGTH, 'a'), ...CPU_ALONE }),
  ).join('');
}

/** On a busy machine, the fake Prometheus needs seconds for so many bytes. */
const SLOW = { timeout: 60_000 };
const SLOW_ENV = { PROMETHEUS_TIMEOUT_MS: '60000' };

describe.each(SOURCES)('With %s, GET /stats/stream', (source) => {
  let scene: StreamScene;
  afterEach(() => scene.close());

  async function boot(env: Variables): Promise<void> {
    scene = await StreamScene.boot(source, env);
  }

  /** Opens a stream whose first event is larger than the socket buffers, and does not read until `resume()`. */
  async function openWithoutReading(): Promise<Socket> {
    scene.service.runner.stats = { stdout: createRows('run-1') };
    const socket = await scene.connect('/stats/stream?view=full');
    await expect.poll(() => scene.samples).toBe(1);
    await scene.service.get('/projects').expect(200); // waits until the sample of the stream is complete
    return socket;
  }

  it('responds with 503 and Retry-After while STREAMS_MAX streams are open', async () => {
    await boot({ STREAMS_MAX: '1' });
    const first = await scene.open();
    const { status, headers, body } = await scene.service.get('/stats/stream');
    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '10', 'cache-control': 'no-store' });
    expect(body).toEqual({
      statusCode: 503,
      code: 'unavailable',
      message: 'Too many streams are open; try again later',
    });
    await scene.service.get('/stats').expect(200);
    await scene.clock.advance(15_000);
    first.close();
    await expect.poll(async () => (await scene.request()).response.status).toBe(200);
  });

  it('does not count pipelined streams that wait for the response before them', async () => {
    await boot({ STREAMS_MAX: '1' });
    let endRun!: (output: Partial<CommandResult>) => void;
    scene.service.runner.stats = new Promise((resolve) => (endRun = resolve)); // delays the first response
    await scene.connect('/stats', '/stats/stream', '/stats/stream', '/stats/stream');
    await expect.poll(() => scene.samples).toBe(1);
    expect((await scene.request()).response.status).toBe(200);
    endRun({ stdout: '' });
  });

  it('skips samples until a slow client reads, then sends the newest', SLOW, async () => {
    await boot(SLOW_ENV);
    const socket = await openWithoutReading();
    for (const name of ['run-2', 'run-3']) {
      scene.service.runner.stats = { stdout: createRows(name) };
      await scene.clock.advance(1); // the sample before is too old for the next request
      await scene.service.get('/projects').set('Cache-Control', 'no-cache').expect(200);
    }
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1'))).resume();
    await expect.poll(() => text.slice(-50_000), SLOW).toContain('"name":"run-3"');
    expect(text).not.toContain('"name":"run-2"');
  });

  it('closes the connection of a client that reads nothing for a minute', SLOW, async () => {
    await boot(SLOW_ENV);
    const socket = await openWithoutReading();
    scene.service.runner.stats = { stdout: row({ Name: 'run-2' }) };
    await scene.waitForNoTimers();
    expect(socket.bytesRead).toBe(0);
  });
});
