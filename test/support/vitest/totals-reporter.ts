import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Prints the totals of a test run on one line, which programs can parse. If `TOTALS_FILE` is set, appends the line to that
 * file instead: CI runs the tests several times and prints their sum.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    // Errors outside of tests: a file that cannot be loaded, or a hook such as `beforeAll` that fails.
    const parts = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = parts.filter((part) => part.state() === 'failed' && part.errors().length > 0);
    const failed = count('failed') + broken.length + errors.length;
    const totals = `${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`;
    const file = process.env['TOTALS_FILE'];
    if (file === undefined) console.log(totals);
    else appendFileSync(file, `${totals}\n`);
  }
}
