import { KeyQuery, Patterns } from '../stats/stats-query.dto.js';

/** The query parameters of `GET /hosts`. */
export class HostsQuery extends KeyQuery {
  @Patterns('host')
  readonly host?: readonly string[];
}
