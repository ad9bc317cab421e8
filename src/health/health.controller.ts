import { Controller, Get, UseFilters } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { Public } from '../auth/public.decorator.js';
import { DockerHealthIndicator } from './docker-health.indicator.js';
import { HealthFilter } from './health.filter.js';

/** What probes ask: open to all, in Terminus' shape, `503` when something is down. */
@Controller('health')
@Public()
@UseFilters(HealthFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly source: DockerHealthIndicator,
  ) {}

  /** `GET /health`: the service and Docker. */
  @Get()
  @HealthCheck()
  all(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('service').up(), () => this.source.check()]);
  }

  /** `GET /health/live`: the process serves. Never asks Docker: a restart of this service would not mend it. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('service').up()]);
  }

  /** `GET /health/ready`: the docker CLI reaches its daemon. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.source.check()]);
  }
}
