/** The service was started with settings that it refuses; `faults` lists each by name and rule, never by value. */
export class InvalidSettingsError extends Error {
  readonly code = 'invalid_settings';

  constructor(readonly faults: readonly string[]) {
    super(['Invalid settings:', ...faults.map((fault) => `  - ${fault}`)].join('\n'));
    this.name = 'InvalidSettingsError';
  }
}
