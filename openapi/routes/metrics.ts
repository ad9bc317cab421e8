import { getResponseRef, getHeaderRefs, KEY_RESPONSES } from '../components.js';
import { FRESHNESS_HEADER } from '../request-headers.js';
import { createExamples } from '../builders.js';
import type { Routes } from '../openapi-types.js';

const EXAMPLE = [
  '# HELP docker_container_info Image, project and service of the container, if they are known; the value is always 1.',
  '# TYPE docker_container_info gauge',
  'docker_container_info{name="web-1",id="b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76",image="nginx:1.29",project="shop",service="web"} 1',
  '# HELP docker_container_pids Number of processes and threads in the container.',
  '# TYPE docker_container_pids gauge',
  'docker_container_pids{name="web-1",id="b5d3c2e3fc43229666627b3c696c71dffc65a39ca71168a3249561540fc73d76"} 1',
  '# HELP docker_up Whether docker returned a sample for this scrape: 1 if yes; 0 if not, and then there are no container metrics.',
  '# TYPE docker_up gauge',
  'docker_up 1',
  '',
].join('\n');

export const metricsRoutes: Routes = {
  'GET /metrics': {
    tags: ['metrics'],
    operationId: 'getMetrics',
    summary: 'Metrics of the containers and of the service, for Prometheus',
    description:
      'If docker fails, `docker_up` is 0 and there are no metrics of containers. `docs/metrics.md` lists all metrics. A key ' +
      'with a scope gets only the metrics of the containers of its scope.',
    parameters: [
      {
        name: 'X-Prometheus-Scrape-Timeout-Seconds',
        in: 'header',
        description: 'Timeout of the client in seconds. The response does not wait longer for docker.',
        schema: { type: 'number', minimum: 0, default: 10 },
        example: 10,
      },
      FRESHNESS_HEADER,
    ],
    responses: {
      '200': {
        description: 'The metrics, in the Prometheus text format, version 0.0.4.',
        headers: getHeaderRefs(['Cache-Control', 'Content-Encoding', 'Vary']),
        content: {
          'text/plain': { schema: { type: 'string' }, examples: createExamples({ metrics: EXAMPLE }) },
        },
      },
      ...KEY_RESPONSES,
      '500': getResponseRef('Internal'),
      '503': getResponseRef('Unavailable'),
      '504': getResponseRef('NotCached'),
    },
  },
};
