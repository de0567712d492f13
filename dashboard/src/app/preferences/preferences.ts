import { TIME_ZONES, type TimeZoneChoice } from '../format/clock.ts';
import { DEFAULT_WINDOW_MS, WINDOWS } from '../live/window.ts';

export const THEMES = ['dark', 'light', 'system'] as const;
export type Theme = (typeof THEMES)[number];

/** How a viewer wants to see things. */
export interface Preferences {
  theme: Theme;
  timeZone: TimeZoneChoice;
  /** Length of the live page's time axis in milliseconds. */
  windowMs: number;
  /** Collectors whose panels are not shown. */
  hiddenPanels: readonly string[];
  /** Collectors whose panels come first, in this order; the others follow in theirs. */
  panelOrder: readonly string[];
  /** Whether single keys do something. */
  shortcuts: boolean;
  /** Whether the welcome was seen or dismissed. */
  welcomed: boolean;
}
export type PreferenceKey = keyof Preferences;

export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'dark',
  timeZone: 'local',
  windowMs: DEFAULT_WINDOW_MS,
  hiddenPanels: [],
  panelOrder: [],
  shortcuts: true,
  welcomed: false,
};

const oneOf =
  <T>(values: readonly T[]) =>
  (value: unknown): T | undefined =>
    values.find((known) => known === value);
const names = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((name) => typeof name === 'string') ? value : undefined;

const CHECKS: { [Key in PreferenceKey]: (value: unknown) => Preferences[Key] | undefined } = {
  theme: oneOf(THEMES),
  timeZone: oneOf(TIME_ZONES),
  windowMs: oneOf(WINDOWS.map(({ value }): number => value)),
  hiddenPanels: names,
  panelOrder: names,
  shortcuts: oneOf([true, false]),
  welcomed: oneOf([true, false]),
};

export const PREFERENCE_KEYS = [
  'theme',
  'timeZone',
  'windowMs',
  'hiddenPanels',
  'panelOrder',
  'shortcuts',
  'welcomed',
] as const satisfies PreferenceKey[];

/** A preference where the value is one that its key may have, as what a browser stores may be of another version; else nothing. */
export function checkedPreference(key: PreferenceKey, value: unknown): Partial<Preferences> {
  const checked = CHECKS[key](value);
  return checked === undefined ? {} : { [key]: checked };
}
