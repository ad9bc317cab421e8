import type { SampleReader } from '../sampler/sample-reader.js';
import type { Host } from './host.js';

/** Which hosts and containers a reader gives. Each list has patterns; `undefined` selects all. */
export interface HostSelection {
  /** The hosts that the API key may see. */
  readonly visible?: readonly string[] | undefined;
  /** The hosts that the request selects. */
  readonly selected?: readonly string[] | undefined;
  /** The names of the containers that the API key may see. A reader may give others, too. */
  readonly containers?: readonly string[] | undefined;
  /** Whether only the fields of the basic view are needed. A reader may give others, too. */
  readonly isBasic?: boolean | undefined;
}

/** The Docker hosts of the service. */
export abstract class Hosts {
  /** Whether responses name the hosts. */
  abstract readonly areNamed: boolean;

  /** Whether {@link all} lists the hosts. If not, only a sample says which hosts there are. */
  abstract readonly areListed: boolean;

  /** The hosts that are sampled by themselves. If they are not listed: a single one without a name, for all together. */
  abstract readonly all: readonly Host[];

  /** Returns the reader of the selected hosts; `undefined` if the selection has no host, or a pattern selects none. */
  abstract findReader(selection: HostSelection): SampleReader | undefined;

  /** Counts the clients that poll one of {@link all}, or a part of it, at a known period. */
  countPollingClients({ sampler }: Host): number {
    return sampler.pollingClients;
  }
}
