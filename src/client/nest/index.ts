/** The client as a Nest module: the package's `./client/nest` export. */
export { StatsClientModule } from './stats-client.module.js';
