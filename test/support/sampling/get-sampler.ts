import type { INestApplication } from '@nestjs/common';
import { Hosts } from '../../../src/sampling/hosts/hosts.js';
import type { StatsSampler } from '../../../src/sampling/sampler/stats-sampler.js';

/** Returns the sampler of the first Docker host of a service. */
export function getSampler(app: INestApplication): StatsSampler {
  const [host] = app.get(Hosts).all;
  if (host === undefined) throw new Error('The service has no host');
  return host.sampler;
}
