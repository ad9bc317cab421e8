/** Some settings are invalid. Each message gives the setting's name and rule, never its value. */
export class InvalidSettingsError extends Error {
  readonly code = 'invalid_settings';

  constructor(readonly problems: readonly string[]) {
    super(['Invalid settings:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.name = 'InvalidSettingsError';
  }
}
