import { describe, expect, it } from 'vitest';
import { readDocumentedSettings } from '../../test/support/service/documented-settings.js';
import { HELP, InvalidOptionsError, readOptions } from './options.js';

describe('readOptions', () => {
  it.each([
    [[], { kind: 'start', settings: {} }],
    [['--port', '8080'], { kind: 'start', settings: { PORT: '8080' } }],
    [['-p', '0'], { kind: 'start', settings: { PORT: '0' } }],
    [['--host', '::1', '-p0'], { kind: 'start', settings: { PORT: '0', HOST: '::1' } }],
    [['--port=x'], { kind: 'start', settings: { PORT: 'x' } }], // rejected later, with the settings
    [['--demo', '-p8080'], { kind: 'start', settings: { PORT: '8080', DEMO: 'true' } }],
    [['--print-key'], { kind: 'print-key', name: undefined }],
    [['--name', 'grafana', '--print-key'], { kind: 'print-key', name: 'grafana' }],
    [['--healthcheck'], { kind: 'healthcheck', settings: {} }],
    [
      ['--healthcheck', '-p80', '--host', '::1'],
      { kind: 'healthcheck', settings: { PORT: '80', HOST: '::1' } },
    ],
    [['--version'], { kind: 'version' }],
    [['-v'], { kind: 'version' }],
    [['--help'], { kind: 'help' }],
    [['-h', '--print-key', '--version'], { kind: 'help' }],
  ])('parses %j', (args, invocation) => expect(readOptions(args)).toEqual(invocation));

  it.each([
    [['--nam', 'x'], "Unknown option '--nam'"],
    [['-x'], "Unknown option '-x'"],
    [['key'], "Unexpected argument 'key'. This command does not take positional arguments"],
    [['--demo=true'], "Option '--demo' does not take an argument"],
    [['--port'], "Option '-p, --port <value>' argument missing"],
    [['--port='], '--port requires a number'],
    [['--host='], '--host requires an address'],
    [['--print-key', '--host', '::1'], '--print-key cannot be combined with --port, --host or --demo'],
    [['--name', 'x'], '--name requires --print-key'],
    [['--print-key', '--name', ''], '--name must be 1 to 64 letters, digits, ".", "_" or "-"'],
    [['--print-key', '--name=my name'], '--name must be 1 to 64 letters, digits, ".", "_" or "-"'],
    [['--print-key', '--demo'], '--print-key cannot be combined with --port, --host or --demo'],
    ...[['--demo'], ['--print-key'], ['--name', 'x']].map((options): [string[], string] => [
      ['--healthcheck', ...options],
      '--healthcheck cannot be combined with --print-key, --name or --demo',
    ]),
    [['--healthcheck', '--port='], '--port requires a number'],
    [['--print-key', '-p0'], '--print-key cannot be combined with --port, --host or --demo'],
  ])('rejects %j: %s', (args, message) =>
    expect(() => readOptions(args)).toThrow(new InvalidOptionsError(message)),
  );
});

describe('--help', () => {
  it('lists every option', () => {
    const options = [...HELP.matchAll(/^ {2}(?:-(\w), | {4})--([a-z-]+)/gm)].map(([, short, long]) => [
      short,
      long,
    ]);
    expect(options).toEqual([
      ['p', 'port'],
      [undefined, 'host'],
      [undefined, 'demo'],
      [undefined, 'print-key'],
      [undefined, 'name'],
      [undefined, 'healthcheck'],
      ['h', 'help'],
      ['v', 'version'],
    ]);
  });

  it('mentions only settings that exist, and the path of default.env', () => {
    const known = new Set([...readDocumentedSettings().map(({ name }) => name), 'DOCKER_HOST']);
    const named = HELP.match(/\b[A-Z]{2,}(?:_[A-Z]+)+\b|\bPORT\b|\bHOST\b|\bDEMO\b/g) ?? [];
    expect(new Set(named).size).toBeGreaterThan(8);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(HELP).toMatch(/: \/.*\/config\/default\.env$/);
  });
});
