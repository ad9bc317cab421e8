import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface PodState {
  readonly phase: string;
  readonly node: string;
  readonly ip: string;
}

/** Creates a pod as the API of Kubernetes describes it: the service with its port, and the socket proxy without one. */
export function createPod(name: string, { phase, node, ip }: PodState): object {
  const ports = [{ name: 'http', containerPort: 5005, protocol: 'TCP' }];
  return {
    metadata: { name, namespace: 'docker-stats', labels: { 'app.kubernetes.io/name': 'docker-stats-api' } },
    spec: { nodeName: node, containers: [{ name: 'docker-stats-api', ports }, { name: 'socket-proxy' }] },
    status: { phase, podIP: ip, hostIP: ip },
  };
}

/** The part of the API of Kubernetes that lists pods. Nothing changes, so a watch gets no events. */
export class FakeKubernetes {
  /** The label selectors of the requests. */
  readonly selectors = new Set<string | null>();
  readonly #server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://kubernetes');
    response.setHeader('Content-Type', 'application/json');
    if (pathname !== '/api/v1/namespaces/docker-stats/pods') {
      response.writeHead(404).end('{}');
      return;
    }
    this.selectors.add(searchParams.get('labelSelector'));
    if (searchParams.has('watch')) response.flushHeaders();
    else response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: this.pods }));
  });

  constructor(private readonly pods: readonly object[]) {}

  /** Starts the server. Returns its URL. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stops the server and closes its connections. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
