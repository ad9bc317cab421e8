import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  COMPOSE,
  getService,
  type Mount,
  MONITORING,
  readComposeFile,
  readYaml,
  type Service,
} from './support/compose/compose-files.js';

interface PrometheusConfiguration {
  readonly global: { readonly scrape_interval: string };
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly authorization: { readonly credentials_file: string };
    readonly file_sd_configs: readonly { readonly files: readonly string[] }[];
  }[];
}

interface Datasource {
  readonly url: string;
  readonly jsonData: { readonly timeInterval: string };
}

const CONFIGURATION = readYaml('deploy/prometheus/prometheus.yml') as PrometheusConfiguration;
const prometheus = getService(MONITORING, 'prometheus');
const grafana = getService(MONITORING, 'grafana');

/** Returns the mount at a path of a container. */
function findMount({ volumes = [] }: Service, target: string): Mount | undefined {
  return volumes.find((volume) => volume.target === target);
}

describe('Prometheus in compose.monitoring.yaml', () => {
  it('has prometheus.yml of deploy/prometheus, and every file that it names next to it', () => {
    const path = '/etc/prometheus/prometheus.yml';
    expect(prometheus.command).toContain(`--config.file=${path}`);
    expect(findMount(prometheus, path)?.source).toBe('../prometheus/prometheus.yml');

    const [job] = CONFIGURATION.scrape_configs;
    const targets = job?.file_sd_configs.flatMap(({ files }) => files) ?? [];
    expect([CONFIGURATION.rule_files, targets]).toEqual([['rules.yml'], ['targets.yml']]);
    expect(findMount(prometheus, '/etc/prometheus/rules.yml')?.source).toBe('../prometheus/rules.yml');
    expect(findMount(prometheus, '/etc/prometheus/targets.yml')?.source).toBe('targets.yml');
    expect(prometheus.secrets).toEqual([
      { source: 'prometheus_key', target: `/etc/prometheus/${job?.authorization.credentials_file}` },
    ]);
  });

  it('scrapes the port of the service, in a network that both are in', () => {
    const [{ targets }] = readYaml('deploy/compose/targets.yml') as [{ targets: string[] }];
    expect(targets).toEqual(['docker-stats-api:5005']);
    expect(getService(COMPOSE, 'docker-stats-api').ports).toEqual(['127.0.0.1:5005:5005']);
    const { networks } = readComposeFile(MONITORING).services['docker-stats-api'] ?? {};
    expect(networks).toEqual(['default', 'monitoring']);
    expect(prometheus.networks).toEqual(['monitoring']);
  });
});

describe('Grafana in compose.monitoring.yaml', () => {
  it('has the data source of the Prometheus next to it, with its scrape interval', () => {
    expect(findMount(grafana, '/etc/grafana/provisioning')?.source).toBe('../grafana/provisioning');
    const { datasources } = readYaml('deploy/grafana/provisioning/datasources/prometheus.yml') as {
      datasources: [Datasource];
    };
    expect(datasources).toHaveLength(1);
    expect(datasources[0]).toMatchObject({
      type: 'prometheus',
      url: 'http://prometheus:9090',
      isDefault: true,
      jsonData: { timeInterval: CONFIGURATION.global.scrape_interval },
    });
    expect(grafana.networks).toContain('monitoring');
  });

  it('has the dashboard of deploy/grafana in the folder of its provider, and as its home page', () => {
    const { providers } = readYaml('deploy/grafana/provisioning/dashboards/docker-stats-api.yml') as {
      providers: [{ options: { path: string } }];
    };
    const home = grafana.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    expect(dirname(home)).toBe(providers[0].options.path);
    expect(findMount(grafana, home)?.source).toBe(`../grafana/${basename(home)}`);
    const dashboard = JSON.parse(readFileSync('deploy/grafana/docker-stats-api.json', 'utf8')) as object;
    expect(dashboard).toMatchObject({ uid: 'docker-stats-api' });
  });

  it('reads the password of the administrator from a secret', () => {
    expect(grafana.secrets).toEqual(['grafana_password']);
    expect(grafana.environment?.['GF_SECURITY_ADMIN_PASSWORD__FILE']).toBe('/run/secrets/grafana_password');
    expect(grafana.environment).not.toHaveProperty('GF_SECURITY_ADMIN_PASSWORD');
  });
});
