/** The client as a Nest module. */
export { StatsClientModule } from './stats-client.module.js';
