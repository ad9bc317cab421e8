import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findWorkflowErrors } from './support/files/github-workflow.js';

/** The fields used of a job. */
interface Job {
  readonly permissions?: Record<string, string>;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

const FOLDER = '.github/workflows';
const NAMES = readdirSync(FOLDER);

const read = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8');
const readJobs = (name: string): Record<string, Job> =>
  (parse(read(name)) as { jobs: Record<string, Job> }).jobs;

describe('GitHub workflows', () => {
  it.each(NAMES)('%s is valid', async (name) => {
    expect(await findWorkflowErrors(name, read(name))).toEqual([]);
  });

  it.each([
    ['an unknown key of a job', /^ {4}timeout-minutes:/m, '    timeout-minute:'],
    ['an unknown permission', /^ {6}packages: write/m, '      package: write'],
    ['an unknown context in an expression', 'github.actor', 'nobody.actor'],
    ['a job that does not exist', 'needs: test', 'needs: tests'],
    ['a step without an action or a command', 'run: npm ci', 'name: npm ci'],
  ])('the validation finds %s', async (_what, right, wrong) => {
    expect(read('release.yml')).toMatch(right);
    expect(await findWorkflowErrors('release.yml', read('release.yml').replace(right, wrong))).not.toEqual(
      [],
    );
  });

  it.each(NAMES)('%s pins each action to a commit, and names its version', (name) => {
    const actions = [...read(name).matchAll(/^ *(?:- )?uses: (?!\.\/)(.*)$/gm)].map(
      ([, action = '']) => action,
    );
    expect(actions.length).toBeGreaterThan(1);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('use the same commit of an action everywhere', () => {
    const actions = NAMES.flatMap((name) => read(name).match(/[\w-]+\/[\w-]+@[0-9a-f]{40}/g) ?? []);
    const names = new Set(actions.map((action) => action.split('@')[0]));
    expect(new Set(actions).size).toBe(names.size);
  });

  it('have no permissions by default, except to read the repository', () => {
    const permissions = NAMES.map((name) => (parse(read(name)) as Job).permissions);
    expect(permissions).toEqual([{}, { contents: 'read' }]);
  });

  it('give each job of a release only the permissions that it needs', () => {
    const jobs = Object.entries(readJobs('release.yml'));
    expect(Object.fromEntries(jobs.map(([name, { permissions }]) => [name, permissions]))).toEqual({
      test: { contents: 'read' },
      files: { contents: 'read', 'id-token': 'write', attestations: 'write' },
      image: { contents: 'read', packages: 'write', 'id-token': 'write', attestations: 'write' },
      npm: { 'id-token': 'write' },
      github: { contents: 'write' },
    });
  });

  it('pass values to commands as variables, because an expression could add commands', () => {
    const jobs = NAMES.flatMap((name) => Object.values(readJobs(name)));
    const commands = jobs.flatMap(({ steps = [] }) => steps.flatMap(({ run = [] }) => run));
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
  });

  it('run only files of this repository that exist', () => {
    const text = NAMES.map(read).join('\n');
    const paths = [...text.matchAll(/\b(?:node (release\/[\w-]+\.mjs)|run: (\.ci\/\w+))/g)];
    expect(paths).toHaveLength(3);
    for (const [, script, program] of paths)
      expect(readFileSync(script ?? program ?? '', 'utf8')).toMatch(/^#!/);
  });
});
