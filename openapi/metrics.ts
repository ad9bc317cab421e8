import { answer, examplesOf, headersOf } from './answers.js';
import type { Routes } from './openapi-types.js';

const EXAMPLE = [
  '# HELP docker_container_pids Processes and threads of the container.',
  '# TYPE docker_container_pids gauge',
  'docker_container_pids{name="web-1",id="b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76"} 1',
  '# HELP docker_up Whether docker gave the figures of the containers: 1 if it did; else 0, and there are none.',
  '# TYPE docker_up gauge',
  'docker_up 1',
  '',
].join('\n');

/** What the document says of the metrics. */
export const metricsRoutes: Routes = {
  'GET /metrics': {
    tags: ['metrics'],
    operationId: 'getMetrics',
    summary: 'The containers, and the service itself, for Prometheus',
    description:
      'Where docker fails, `docker_up` is 0, and there are no containers. `docs/metrics.md` lists every metric. A key with a ' +
      'scope gets the metrics of its containers, and none that tell of others.',
    parameters: [
      {
        name: 'X-Prometheus-Scrape-Timeout-Seconds',
        in: 'header',
        description: 'How long the client waits; the answer does not wait for docker any longer.',
        schema: { type: 'number', minimum: 0, default: 10 },
        example: 10,
      },
    ],
    responses: {
      '200': {
        description: 'The metrics, in version 0.0.4 of the text format.',
        headers: headersOf(['Cache-Control', 'Content-Encoding', 'Vary']),
        content: {
          'text/plain': { schema: { type: 'string' }, examples: examplesOf({ metrics: EXAMPLE }) },
        },
      },
      '400': answer('InvalidRequest'),
      '401': answer('Unauthorized'),
      '429': answer('RateLimited'),
      '4XX': answer('Refused'),
      '500': answer('Internal'),
      '503': answer('Unavailable'),
    },
  },
};
