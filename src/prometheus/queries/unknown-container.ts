import type { ContainerStats } from 'docker-stats-client';

/** A container of a fleet of which only the identity is known. */
export type UnknownContainer = {
  [K in keyof ContainerStats]-?: K extends 'host' | 'id' | 'name' ? string : null;
};

/** Creates a container with the fields in the order of the JSON. */
export function createUnknownContainer(host: string, id: string, name: string): UnknownContainer {
  return {
    host,
    id,
    name,
    image: null,
    project: null,
    service: null,
    state: null,
    health: null,
    createdAt: null,
    cpuUsage: null,
    memoryUsage: null,
    memoryLimit: null,
    memoryPercent: null,
    networkReceived: null,
    networkSent: null,
    blockRead: null,
    blockWritten: null,
    pids: null,
  };
}
