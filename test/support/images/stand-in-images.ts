import { readFileSync } from 'node:fs';
import type { DockerEngine } from '../engines/docker-engine.js';
import { ImageRoot } from './image-root.js';

/** The applets of busybox in the Alpine images. */
const APPLETS = ['sh', 'wget'];

/**
 * Builds an image of the built service that has what compose files rely on: its user, its entrypoint and its health check.
 * It has no shell.
 */
export async function buildService(engine: DockerEngine, image: string): Promise<void> {
  const root = new ImageRoot();
  await root.addProgram('node');
  await root.addProgram('docker');
  await root.addFromRepository(
    ['dist', 'config/default.env', 'config/prometheus.env', 'package.json', ...listRuntimePackages()],
    '/app',
  );
  const url = '`http://127.0.0.1:${process.env.PORT ?? 5005}/health/live`';
  const check = `fetch(${url}).then(({ ok }) => process.exit(ok ? 0 : 1))`;
  await root.build(engine, image, [
    'WORKDIR /app',
    'USER 65532:65532',
    'ENV NODE_ENV=production',
    'ENTRYPOINT ["/usr/bin/node", "dist/main.js"]',
    `HEALTHCHECK --interval=10s CMD ["/usr/bin/node", "-e", ${JSON.stringify(check)}]`,
  ]);
}

/** Builds an image with the HAProxy of this machine that has the user, the entrypoint and the stop signal of the official image. */
export async function buildHaproxy(engine: DockerEngine, image: string): Promise<void> {
  const root = new ImageRoot();
  await root.addProgram('haproxy');
  await root.build(engine, image, [
    'USER 99:99',
    'STOPSIGNAL SIGUSR1',
    'ENTRYPOINT ["/usr/bin/haproxy", "-W", "-db"]',
    'CMD ["-f", "/usr/local/etc/haproxy/haproxy.cfg"]',
  ]);
}

/** Builds an image with the Prometheus of this machine that has the user, the entrypoint and the data folder of the official image. */
export async function buildPrometheus(engine: DockerEngine, image: string): Promise<void> {
  const root = new ImageRoot();
  await root.addProgram('prometheus', '/bin/prometheus');
  await root.addProgram('promtool', '/bin/promtool');
  await root.addProgram('busybox', '/bin/busybox');
  for (const applet of APPLETS) root.addLink('busybox', `/bin/${applet}`);
  await root.build(engine, image, [
    'COPY --chown=65534:65534 empty /prometheus',
    'USER 65534:65534',
    'VOLUME /prometheus',
    'WORKDIR /prometheus',
    'ENTRYPOINT ["/bin/prometheus"]',
  ]);
}

/** The folders of the packages that the service needs at runtime. */
function listRuntimePackages(): string[] {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { readonly dev?: boolean; readonly link?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([folder, { dev = false, link = false }]) => folder.startsWith('node_modules/') && !dev && !link)
    .map(([folder]) => folder);
}
