import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { install } from '../support/files/checkout.js';
import { ENTRY, ReleaseRepository } from '../support/files/release-repository.js';
import { startService } from '../support/service/service-process.js';
import { cyclonedxErrors, listProductionPackages, type Sbom } from '../support/files/sbom.js';

const run = promisify(execFile);
const { version: OLD } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const [major = '', minor = ''] = OLD.split('.');
const NEW = `${major}.${Number(minor) + 1}.0`;

const repository = new ReleaseRepository();
const { artifacts, checkout, folder } = repository;
const git = (...args: string[]): Promise<string> => repository.git(...args);
const read = (path: string): string => repository.read(path);
const readSbom = (): Sbom =>
  JSON.parse(readFileSync(join(artifacts, `docker-stats-api-${NEW}.cdx.json`), 'utf8')) as Sbom;

beforeAll(() => repository.create(), 60_000);
afterAll(() => repository.destroy());

/** The name of the package in `name@version`. */
const toName = (ref: string): string => ref.replace(/(?!^)@.*/, '');

/** Runs the script, which must fail without a change. Returns the reason. */
async function refuse(...args: string[]): Promise<string> {
  const before = await repository.readState();
  const error: unknown = await repository.release(...args).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 1, stdout: '', stderr: expect.any(String) as string });
  expect(await repository.readState()).toEqual(before);
  return (error as { stderr: string }).stderr;
}

/** Undoes the changes and commits of a test at its end. */
async function restoreAtEnd(): Promise<void> {
  const head = await git('rev-parse', 'HEAD');
  onTestFinished(async () => {
    await git('switch', '--quiet', '--force', 'main');
    await git('reset', '--quiet', '--hard', head);
    await git('clean', '--quiet', '--force');
  });
}

describe('npm run release -- --dry-run', () => {
  it('prints the version, the files and the image tags, and changes nothing', async () => {
    const before = await repository.readState();
    const output = await repository.release('minor', '--dry-run', '--image', 'example.org/stats');
    expect(output).toContain(`Version ${OLD} → ${NEW}, tag v${NEW}\n`);
    expect(output).toContain(`Commit: chore: release ${NEW}\n`);
    for (const path of ['CHANGELOG.md', 'client/package.json', 'docs/openapi.json', 'page/package.json'])
      expect(output).toMatch(new RegExp(`^ ${path.replace('.', '\\.')} +\\|`, 'm'));
    const names = [
      `docker-stats-api-${NEW}.tgz`,
      `docker-stats-client-${NEW}.tgz`,
      `docker-stats-api-${NEW}.cdx.json`,
      'SHA256SUMS',
    ];
    const printed = [...output.matchAll(/^ +([1-9]\d*) KiB {2}(\S+)$/gm)].map(([, , name]) => name);
    expect(printed).toEqual(names);
    expect(output).toContain(
      `Image tags:\n  example.org/stats:${NEW}\n  example.org/stats:${NEW.slice(0, -2)}\n`,
    );
    expect(output).toMatch(/\nDry run: nothing was changed\.\n$/);

    expect(await repository.readState()).toEqual(before);
    expect(readdirSync(checkout)).not.toContain('artifacts');
  }, 180_000);
});

describe('npm run release', () => {
  beforeAll(() => repository.release('minor', '--image', 'example.org/stats'), 180_000);

  it('commits the version and tags it, on a clean branch', async () => {
    expect(await git('log', '-2', '--format=%s%d')).toBe(
      `chore: release ${NEW} (HEAD -> main, tag: v${NEW})\nfeat: everything`,
    );
    expect(await git('cat-file', '-t', `v${NEW}`)).toBe('tag');
    expect(await git('status', '--porcelain')).toBe('');
  });

  it('sets the version everywhere', async () => {
    for (const path of ['package.json', 'client/package.json', 'page/package.json']) {
      expect(JSON.parse(read(path))).toMatchObject({ version: NEW });
    }
    expect(JSON.parse(read('docs/openapi.json'))).toMatchObject({ info: { version: NEW } });
    expect(JSON.parse(read('package-lock.json'))).toMatchObject({
      version: NEW,
      packages: { '': { version: NEW }, client: { version: NEW }, page: { version: NEW } },
    });
    for (const path of ['README.md', 'docs/deploy/systemd.md'])
      expect(read(path)).toContain(`docker-stats-api-${NEW}.tgz`);
    expect(read('client/README.md')).toContain(`docker-stats-client-${NEW}.tgz`);
    const old = `docker-stats-(api|client)[-:@]${OLD.replaceAll('.', '\\.')}`;
    const paths = ['.', ':!CHANGELOG.md', ':!test'];
    await expect(git('grep', '-nE', old, 'HEAD', '--', ...paths)).rejects.toMatchObject({
      code: 1,
      stdout: '',
    });
  });

  it('changes nothing but versions and the changelog', async () => {
    const diff = await git('diff', '--unified=0', 'HEAD~', '--', '.', ':!CHANGELOG.md');
    const changes = diff.split('\n').filter((line) => /^[-+](?![-+]{2} )/.test(line));
    const withoutVersions = changes.map((line) => line.slice(1).replaceAll(OLD, 'X').replaceAll(NEW, 'X'));
    const [removed, added] = ['-', '+'].map((sign) =>
      withoutVersions.filter((_, n) => changes[n]?.[0] === sign),
    );
    expect(added).toEqual(removed);
    expect(added?.length).toBeGreaterThanOrEqual(9);
  });

  it('moves the entries of the changelog to the version, with the date', () => {
    const today = new Date().toISOString().slice(0, 10);
    expect(read('CHANGELOG.md')).toContain(`\n## Unreleased\n\n## ${NEW} - ${today}\n\n${ENTRY}\n`);
  });

  it('packs the service, which installs and serves simulated containers', async () => {
    const project = join(folder, 'service');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{}');
    await install(join(artifacts, `docker-stats-api-${NEW}.tgz`), project);
    const program = join(project, 'node_modules/.bin/docker-stats-api');
    expect((await run(program, ['--version'])).stdout).toBe(`${NEW}\n`);
    const service = startService({}, program, ['--demo', '--port', '0']);
    const [, key = '', url = ''] = await service.waitForOutput(/curl -H 'X-API-Key: (\S+)' (http:\S+)\n/);
    const response = await fetch(url, { headers: { 'X-API-Key': key } });
    expect(await response.json()).toHaveLength(6);
    const document = await (await fetch(new URL('/docs-json', url))).json();
    expect(document).toMatchObject({ info: { version: NEW } });
  }, 60_000);

  it('packs the client, which installs and can be imported', async () => {
    const project = join(folder, 'client');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{}');
    await install(join(artifacts, `docker-stats-client-${NEW}.tgz`), project);
    const code = `import('docker-stats-client').then((client) => console.log(Object.keys(client).join()))`;
    expect((await run('node', ['-e', code], { cwd: project })).stdout).toContain('StatsClient');
    const manifest = readFileSync(join(project, 'node_modules/docker-stats-client/package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ version: NEW });
  });

  it('writes a bill of materials that the schema of CycloneDX allows', () => {
    expect(cyclonedxErrors(readSbom())).toEqual([]);
    expect(cyclonedxErrors({ ...readSbom(), components: [{ type: 'library' }] })).not.toEqual([]);
  });

  it('lists exactly the production dependencies, swagger-ui-dist and the packages in the page in the bill of materials', async () => {
    const { metadata, components, dependencies } = readSbom();
    expect(metadata.component).toMatchObject({
      type: 'application',
      name: 'docker-stats-api',
      purl: `pkg:npm/docker-stats-api@${NEW}`,
    });
    const production = await listProductionPackages(checkout);
    const listed = components.map((component) => component['bom-ref']);
    const bundled = ['@preact/signals', '@preact/signals-core', 'preact', 'swagger-ui-dist', 'uplot'];
    const others = listed.filter((ref) => !production.includes(ref));
    expect(others.map(toName).toSorted()).toEqual(bundled);
    expect(listed).toHaveLength(production.length + bundled.length);
    expect(components.filter(({ hashes = [] }) => hashes[0]?.alg !== 'SHA-512')).toEqual([]);
    const [root] = dependencies;
    const { dependencies: direct } = JSON.parse(read('package.json')) as {
      dependencies: Record<string, string>;
    };
    expect(root?.dependsOn.map(toName).toSorted()).toEqual([...Object.keys(direct), ...bundled].toSorted());
  });

  it('writes checksums that sha256sum verifies', async () => {
    const { stdout } = await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: artifacts });
    expect(stdout.match(/: OK$/gm)).toHaveLength(3);
    expect(readdirSync(artifacts)).toHaveLength(4);
  });

  it('builds the image with every tag', () => {
    const tags = [NEW, NEW.slice(0, -2), 'latest'].map((tag) => `--tag example.org/stats:${tag}`);
    expect(repository.dockerCalls).toBe(`version\nbuild ${tags.join(' ')} .\n`);
  });

  it('gives the release workflow the tags and the notes, and refuses a tag of another version', async () => {
    const notes = join(folder, 'notes.md');
    const describeRelease = (tag: string): Promise<{ stdout: string }> =>
      run('node', [join(checkout, 'release/describe-release.mjs'), tag, 'ghcr.io/Owner/stats', notes]);
    const { stdout } = await describeRelease(`v${NEW}`);
    expect(stdout).toMatch(
      `version=${NEW}\nimage=ghcr.io/owner/stats\ntags<<END\nghcr.io/owner/stats:${NEW}\n`,
    );
    expect(readFileSync(notes, 'utf8')).toMatch(new RegExp(`^${ENTRY}\n`));
    await expect(describeRelease('v9.9.9')).rejects.toMatchObject({
      code: 1,
      stderr: `The tag v9.9.9 is not v${NEW}, the version in package.json.\n`,
    });
  });

  describe('refuses', () => {
    it('a changelog without entries, even in a dry run', async () => {
      const reason = 'CHANGELOG.md has no entries under "Unreleased". Add them.';
      expect(await refuse('patch')).toContain(reason);
      expect(await refuse('patch', '--dry-run')).toContain(reason);
    });

    it('a version whose tag exists', async () => {
      expect(await refuse(NEW)).toContain(
        `The tag v${NEW} exists. Choose another version: npm run release -- minor`,
      );
    });

    it('changed and new files', async () => {
      await restoreAtEnd();
      appendFileSync(join(checkout, 'README.md'), 'x\n');
      writeFileSync(join(checkout, 'new-file'), '');
      expect(await refuse('patch')).toContain(
        'There are changes that are not committed. Commit or remove them:\n M README.md\n?? new-file',
      );
    });

    it('another branch', async () => {
      await restoreAtEnd();
      await git('switch', '--quiet', '--create', 'other');
      expect(await refuse('patch')).toContain('The branch is "other". Switch to "main".');
    });

    it('a lower version', async () => {
      expect(await refuse(OLD)).toContain(`The version ${OLD} is lower than the current version, ${NEW}.`);
    });

    it('packages that differ from the lockfile', async () => {
      await restoreAtEnd();
      const lock = read('package-lock.json');
      const { packages } = JSON.parse(lock) as { packages: Record<string, { version: string }> };
      const installed = packages['node_modules/pino']?.version ?? '';
      writeFileSync(
        join(checkout, 'package-lock.json'),
        lock.replace(`"version": "${installed}"`, '"version": "0.0.1"'),
      );
      expect(await refuse('patch')).toContain('node_modules does not match package-lock.json. Run npm ci.');
    });
  });
});
