import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/**
 * Prints the totals of a test run on one line, which programs can parse. If `TOTALS_FILE` is set, appends the line to that
 * file instead, after one line for each failure: CI runs the tests several times and prints their sum.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    // Errors outside of tests: a file that cannot be loaded, or a hook such as `beforeAll` that fails.
    const parts = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const failures = [
      ...tests
        .filter((test) => test.result().state === 'failed')
        .map((test) => formatFailure(test, test.result().errors)),
      ...parts.filter((part) => part.errors().length > 0).map((part) => formatFailure(part, part.errors())),
      ...errors.map((error) => `outside of tests: ${firstLine(error)}`),
    ];
    const totals = `${count('passed')} passed, ${failures.length} failed, ${count('skipped')} skipped`;
    const file = process.env['TOTALS_FILE'];
    if (file === undefined) console.log(totals);
    else
      appendFileSync(
        file,
        [...failures.map((failure) => `FAILED ${process.version} ${failure}`), totals, ''].join('\n'),
      );
  }
}

function formatFailure(part: TestCase | TestSuite | TestModule, errors: readonly unknown[] = []): string {
  const module = part.type === 'module' ? part : part.module;
  const title = part.type === 'module' ? '' : ` > ${part.fullName}`;
  return `${relative('.', module.moduleId)}${title}: ${firstLine(errors[0])}`;
}

function firstLine(error: unknown): string {
  const message = error instanceof Object && 'message' in error ? String(error.message) : String(error);
  return message.split('\n', 1)[0] ?? '';
}
