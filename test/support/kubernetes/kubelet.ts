import { Agent as HttpsAgent, get as getHttps } from 'node:https';
import { get as getHttp } from 'node:http';
import type { Container, Probe } from './manifest.js';

type Name = 'startup' | 'liveness' | 'readiness';

/** The defaults of the Kubernetes API. */
export const PROBE_DEFAULTS = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 1,
};

/**
 * Probes a container as the kubelet does (pkg/kubelet/prober): each probe on a ticker of its period, a new connection for each
 * request, and a result that changes after as many equal results in a row as the threshold says. The other probes wait for the
 * startup probe.
 */
export class Kubelet {
  /** The requests of each probe so far. */
  readonly requests: Record<Name, number> = { startup: 0, liveness: 0, readiness: 0 };
  /** Those that failed, also below the threshold. */
  readonly failures: Record<Name, number> = { startup: 0, liveness: 0, readiness: 0 };
  readonly #results: Record<Name, boolean> = { startup: false, liveness: true, readiness: false };
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startedAt = performance.now();

  constructor(
    container: Container,
    private readonly url: string,
  ) {
    const { startupProbe, livenessProbe, readinessProbe } = container;
    if (startupProbe === undefined) this.#results.startup = true;
    if (startupProbe !== undefined) this.#start('startup', startupProbe);
    if (livenessProbe !== undefined) this.#start('liveness', livenessProbe);
    if (readinessProbe !== undefined) this.#start('readiness', readinessProbe);
  }

  isTrue(name: Name): boolean {
    return this.#results[name];
  }

  stop(): void {
    this.#timers.forEach((timer) => clearInterval(timer));
  }

  #start(name: Name, probe: Probe): void {
    const { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold, successThreshold } = {
      ...PROBE_DEFAULTS,
      ...probe,
    };
    const { scheme = 'HTTP', path } = probe.httpGet;
    const url = new URL(path, this.url.replace(/^https?/, scheme.toLowerCase()));
    let isRunning = false;
    let last: boolean | undefined;
    let inARow = 0;

    const tick = async (): Promise<void> => {
      const isDone = name === 'startup' ? this.#results.startup : !this.#results.startup;
      const isEarly = performance.now() - this.#startedAt < initialDelaySeconds * 1000;
      // A ticker drops the ticks that come while a probe still runs.
      if (isRunning || isDone || isEarly) return;
      isRunning = true;
      this.requests[name]++;
      const result = await isSuccessful(url, timeoutSeconds * 1000);
      isRunning = false;
      if (!result) this.failures[name]++;
      inARow = result === last ? inARow + 1 : 1;
      last = result;
      if (inARow < (result ? successThreshold : failureThreshold) || this.#results[name] === result) return;
      this.#results[name] = result;
    };
    void tick();
    this.#timers.push(setInterval(() => void tick(), periodSeconds * 1000));
  }
}

/** Sends one request. A status from 200 to 399 within the timeout is a success. Certificates are not verified. */
function isSuccessful(url: URL, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { signal: AbortSignal.timeout(timeoutMs), headers: { 'User-Agent': 'kube-probe/1.32' } };
    const request =
      url.protocol === 'https:'
        ? getHttps(url, { ...options, agent: new HttpsAgent({ rejectUnauthorized: false }) })
        : getHttp(url, { ...options, agent: false });
    request.on('response', (response) => {
      const { statusCode = NaN } = response;
      response
        .on('error', () => resolve(false))
        .on('end', () => resolve(statusCode >= 200 && statusCode < 400));
      response.resume();
    });
    request.on('error', () => resolve(false));
  });
}
