/** Whose time of day is shown: the viewer's own, or UTC. */
export const TIME_ZONES = ['local', 'utc'] as const;
export type TimeZoneChoice = (typeof TIME_ZONES)[number];

/** Moments in milliseconds as text, in one time zone. Hours count to 23. */
export interface Clock {
  /** Time of day for an axis; with seconds where the moment is not a full minute: `13:00`, `13:00:30`. */
  readonly axis: (timeMs: number) => string;
  /** Time of day with seconds: `13:00:05`. */
  readonly seconds: (timeMs: number) => string;
  /** Date and time of day with seconds. */
  readonly moment: (timeMs: number) => string;
  /** Date alone. */
  readonly date: (timeMs: number) => string;
  /** `UTC`, or the name of the viewer's zone: `Europe/Berlin`. */
  readonly zone: string;
}

/** A clock of a zone, in the viewer's language. Making one is costly, reading it is not. */
export function clockIn(choice: TimeZoneChoice, language?: string): Clock {
  const zone = choice === 'utc' ? { timeZone: 'UTC' } : {};
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { ...options, ...zone });
  const minutes = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const moment = format({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
  const date = format({ dateStyle: 'medium' });
  return {
    axis: (timeMs) => (timeMs % 60_000 === 0 ? minutes : seconds).format(timeMs),
    seconds: (timeMs) => seconds.format(timeMs),
    moment: (timeMs) => moment.format(timeMs),
    date: (timeMs) => date.format(timeMs),
    zone: choice === 'utc' ? 'UTC' : minutes.resolvedOptions().timeZone,
  };
}
