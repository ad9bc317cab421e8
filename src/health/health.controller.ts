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

/** Health checks: public, in Terminus' format, `503` when something is down. */
@Controller('health')
@Public()
@UseFilters(HealthFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly docker: DockerHealthIndicator,
  ) {}

  /** `GET /health`: the service and Docker. */
  @Get()
  @HealthCheck()
  all(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('service').up(), () => this.docker.check()]);
  }

  /** `GET /health/live`: the process serves requests. Does not check Docker: a restart of this service would not fix it. */
  @Get('live')
  @HealthCheck()
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('service').up()]);
  }

  /** `GET /health/ready`: the docker CLI reaches its daemon. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.docker.check()]);
  }
}
