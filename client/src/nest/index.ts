/** The Nest module of the client. */
export { StatsClientModule } from './stats-client.module.js';
