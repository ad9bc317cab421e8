import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { type Figure, type Goal, isMet, type Measurement } from './figures.js';

const RESULTS_FILE = 'bench-results.json';
const HEAD = ['scenario', 'docker', 'figure', 'value', 'goal', ''];

interface MeasuredScenario extends Measurement {
  readonly scenario: string;
}

/** After all scenarios, prints a table and writes `bench-results.json`. Sets exit code 1 if a goal is missed. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .toSorted((a, b) => a.moduleId.localeCompare(b.moduleId)) // Vitest starts with the files that took longest last time
      .flatMap((module) => [...module.children.allTests()]);
    const measured = tests.flatMap(getMeasurement);
    console.log(`\n${formatTable(measured)}\n`);

    const missed = measured.flatMap(({ figures }) => figures).filter((figure) => !isMet(figure));
    if (missed.length > 0) {
      process.exitCode = 1;
      console.log(`${missed.length} ${missed.length === 1 ? 'goal' : 'goals'} missed\n`);
    }
    writeFileSync(RESULTS_FILE, `${JSON.stringify(createResults(measured), null, 2)}\n`);
  }
}

function getMeasurement(test: TestCase): MeasuredScenario[] {
  const { measurement } = test.meta();
  return measurement === undefined ? [] : [{ scenario: test.name, ...measurement }];
}

function createResults(scenarios: readonly MeasuredScenario[]): object {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model.trim(),
    cores: availableParallelism(),
    scenarios: scenarios.map(({ figures, ...scenario }) => ({
      ...scenario,
      figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
    })),
  };
}

function formatTable(scenarios: readonly MeasuredScenario[]): string {
  const rows = scenarios.flatMap(({ scenario, docker, figures }) =>
    figures.map((figure, n) => [...(n === 0 ? [scenario, docker] : ['', '']), ...formatCells(figure)]),
  );
  const lines = [HEAD, ...rows];
  const widths = HEAD.map((_title, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const separator = widths.map((width) => '-'.repeat(width));
  return [HEAD, separator, ...rows]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function formatCells(figure: Figure): string[] {
  const { name, value, unit, goal } = figure;
  const verdict = goal === undefined ? '' : isMet(figure) ? 'met' : 'MISSED';
  return [name, `${round(value)} ${unit}`.trimEnd(), goal === undefined ? '' : formatGoal(goal), verdict];
}

function formatGoal(goal: Goal): string {
  if ('atLeast' in goal) return `>= ${goal.atLeast}`;
  if ('atMost' in goal) return `<= ${goal.atMost}`;
  return `= ${goal.exactly}`;
}

/** Rounds to three significant digits, but to whole numbers above 100. */
function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
