import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Closes a test run with its totals on a line of their own, for whoever reads the output by program. With `TOTALS_FILE`
 * they go to the end of that file: CI runs the tests several times, and prints one total at its end.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    // Their own errors: those of a file that cannot be loaded, or of a hook for all tests of a suite.
    const parts = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = parts.filter((part) => part.state() === 'failed' && part.errors().length > 0);
    const failed = count('failed') + broken.length + errors.length;
    const totals = `${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`;
    const file = process.env['TOTALS_FILE'];
    if (file === undefined) console.log(totals);
    else appendFileSync(file, `${totals}\n`);
  }
}
