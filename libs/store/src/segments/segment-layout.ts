/** What the head of a segment calls itself: what it is, and in which version. */
export const RAW_FORMAT = 'perfwatch raw 1';
export const ROLL_UP_FORMAT = 'perfwatch roll-up 1';

/** Columns that every raw segment has, before those of metrics. */
export const SAMPLE_COLUMNS = ['ts', 'seq', 'interval_ms', 'elapsed_ms'] as const;
/** What changes so rarely that it stands in the head, in runs. */
export const TEXT_FIELDS = ['run', 'status', 'reason'] as const;
/** Columns that every roll-up has, before four for each metric: all counts, then all sums, least and greatest numbers. */
export const BUCKET_COLUMNS = ['start'] as const;

/** How the numbers of a column are written: one letter of the head for each. */
export const CODING = { whole: 'w', delta: 'd', rate: 'r', list: 'l' } as const;
export type Coding = (typeof CODING)[keyof typeof CODING];

/** Of rows, and of numbers in the list. An hour has 3,600,000 milliseconds, each one Sample at the most. */
export const MAX_POSITIONS = 2 ** 22;
/** One gigabyte as doubles: an hour of 20,000 metrics every second is half of it. */
export const MAX_NUMBERS = 2 ** 27;
