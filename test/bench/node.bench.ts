import { execFileSync } from 'node:child_process';
import { StandIn } from '../support/stand-in.js';
import { medianOf, ratioOf } from './figures.js';
import { eachOf, SAMPLING_ONLY_UNDER_LOAD, spend } from './load.js';
import { alternate } from './rounds.js';
import { scenario, type ScenarioRecord } from './scenario.js';
import { Server } from './server.js';

/** The path of another version of Node: `OTHER_NODE=/usr/bin/node npm run bench -- -t OTHER_NODE`. */
const OTHER_NODE = process.env['OTHER_NODE'] ?? '';

async function compareNodes(record: ScenarioRecord): Promise<void> {
  const env = { ...new StandIn({ containers: 100, durationMs: 2000 }).env, ...SAMPLING_ONLY_UNDER_LOAD };
  const [ours, other] = [await Server.start(env), await Server.start(env, OTHER_NODE)];
  const [ourRounds, otherRounds] = await alternate(
    5,
    () => spend(ours),
    () => spend(other),
  );
  const otherVersion = execFileSync(OTHER_NODE, ['--version'], { encoding: 'utf8' }).trim();
  const versions = `${process.version} / ${otherVersion}`;
  const perSecond = [
    eachOf(ourRounds, 'requestsPerSecond'),
    eachOf(otherRounds, 'requestsPerSecond'),
  ] as const;
  const cpu = [eachOf(ourRounds, 'cpuMicroseconds'), eachOf(otherRounds, 'cpuMicroseconds')] as const;
  record.figures(
    medianOf(`requests per second, ${process.version}`, 'requests/s', perSecond[0]),
    medianOf(`requests per second, ${otherVersion}`, 'requests/s', perSecond[1]),
    ratioOf(`requests per second, ${versions}`, perSecond),
    ratioOf(`CPU of a request, ${versions}`, cpu),
  );
}

scenario('warm GET /stats, 50 connections, against OTHER_NODE', compareNodes, OTHER_NODE === '');
