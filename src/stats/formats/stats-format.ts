/** The formats of `GET /stats`. */
export const STATS_FORMATS = ['json', 'csv', 'text'] as const;

export type StatsFormat = (typeof STATS_FORMATS)[number];
