import { describe, expect, it, vi } from 'vitest';
import { FakeLogOutput } from '../../test/support/service/fake-log-output.js';
import { readSettings } from '../config/read-settings.js';
import { ServiceLogger } from './logger.js';

function createLogger(level: string): { logger: ServiceLogger; output: FakeLogOutput } {
  const output = new FakeLogOutput();
  return {
    logger: new ServiceLogger(readSettings({ API_KEYS: 'k:0123456789abcdef', LOG_LEVEL: level }), output),
    output,
  };
}

describe('ServiceLogger', () => {
  it('writes a JSON line with level, time, context and message', () => {
    const { logger, output } = createLogger('info');
    logger.log('hello', 'Main');
    expect(output.text).toMatch(
      /^\{"level":"info","time":"\d{4}-\d\d-\d\dT[\d:.]{12}Z","context":"Main","msg":"hello"\}\n$/,
    );
  });

  it('writes the time of each line in milliseconds', () => {
    const { logger, output } = createLogger('info');
    vi.useFakeTimers();
    const times = ['1999-12-31T23:59:59.999Z', '2000-01-01T00:00:00.000Z', '2000-01-01T00:00:00.007Z'];
    for (const time of [...times, ...times]) {
      vi.setSystemTime(time);
      logger.log('hello');
    }
    expect(output.entries.map(({ time }) => time)).toEqual([...times, ...times]);
  });

  it.each([
    ['silent', []],
    ['fatal', ['fatal']],
    ['error', ['fatal', 'error']],
    ['warn', ['fatal', 'error', 'warn']],
    ['info', ['fatal', 'error', 'warn', 'info']],
    ['debug', ['fatal', 'error', 'warn', 'info', 'debug']],
    ['trace', ['fatal', 'error', 'warn', 'info', 'debug', 'trace']],
  ])('at level %s writes %j', (level, written) => {
    const { logger, output } = createLogger(level);
    for (const method of ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'] as const)
      logger[method]('x', 'Main');
    expect(output.entries.map((entry) => entry['level'])).toEqual(written);
  });

  it("writes the lines of Nest's own startup at level debug", () => {
    const { logger, output } = createLogger('debug');
    logger.log('AppModule dependencies initialized', 'InstanceLoader');
    logger.warn('odd', 'InstanceLoader');
    expect(output.entries.map((entry) => entry['level'])).toEqual(['debug', 'warn']);
  });

  it('writes the type, message and stack of an error, and none of its other properties', () => {
    const { logger, output } = createLogger('info');
    const error = Object.assign(new TypeError('broke\nhere'), { request: { url: '/?api_key=secret' } });
    logger.error(error, 'Main');
    logger.error({ requestId: 'r1', err: error }, undefined, 'ErrorFilter');
    const err = { type: 'TypeError', message: 'broke\nhere', stack: error.stack };
    expect(output.entries).toMatchObject([
      { context: 'Main', msg: 'broke\nhere', err },
      { context: 'ErrorFilter', requestId: 'r1', msg: 'broke\nhere', err },
    ]);
    expect(output.text.split('\n')).toHaveLength(3);
    expect(output.text).not.toContain('secret');
  });

  it('accepts a stack between message and context, and a message without a context', () => {
    const { logger, output } = createLogger('info');
    logger.error('broke', 'Error: broke\n    at x', 'Main');
    logger.warn('alone');
    logger.warn(undefined, 'Main');
    expect(output.entries).toMatchObject([
      { context: 'Main', msg: 'broke', err: { stack: 'Error: broke\n    at x' } },
      { msg: 'alone' },
      { msg: 'undefined' },
    ]);
  });
});
