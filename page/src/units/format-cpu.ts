import { MISSING } from './missing.js';

/** The units of CPU that the user can choose. Docker prints `percent`: 100 is one core. */
export type CpuUnit = 'percent' | 'cores';

/** What a unit of CPU means, in one sentence for people. */
export const CPU_UNIT_MEANINGS: Readonly<Record<CpuUnit, string>> = {
  percent: '100 % is one whole core, as docker counts it. A container on two cores can use 200 %.',
  cores: '1 is one whole core. 0.25 is a quarter of a core.',
};

/** Both units have the same precision, so that no figure is lost by the choice; but from 10 cores on, two decimals are enough. */
export function formatCpu(cpuUsage: number | null, unit: CpuUnit): string {
  if (cpuUsage === null) return MISSING;
  if (unit === 'percent') return `${cpuUsage.toFixed(1)}\u00a0%`;
  return `${(cpuUsage / 100).toFixed(cpuUsage < 1000 ? 3 : 2)}\u00a0cores`;
}
