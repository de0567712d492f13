import type { UserPreferences } from '@perfwatch/contract';
import { checkedPreference, type Preferences } from './preferences.ts';

/**
 * What the server keeps, as the dashboard has it; without what this version cannot show. Who was never welcomed is not, whoever used this
 * browser before.
 */
export function fromServer(stored: UserPreferences): Partial<Preferences> {
  const {
    theme,
    time_zone: timeZone,
    window_seconds: windowSeconds,
    hidden_panels: hidden,
    panel_order: order,
    shortcuts,
    welcomed,
  } = stored;
  return {
    ...checkedPreference('theme', theme),
    ...checkedPreference('timeZone', timeZone),
    ...checkedPreference('windowMs', windowSeconds === undefined ? undefined : windowSeconds * 1000),
    ...checkedPreference('hiddenPanels', hidden),
    ...checkedPreference('panelOrder', order),
    ...checkedPreference('shortcuts', shortcuts),
    welcomed: welcomed ?? false,
  };
}

/** Changes, as the server takes them. */
export function forServer({
  theme,
  timeZone,
  windowMs,
  hiddenPanels,
  panelOrder,
  shortcuts,
  welcomed,
}: Partial<Preferences>): UserPreferences {
  return {
    ...(theme === undefined ? {} : { theme }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...(windowMs === undefined ? {} : { window_seconds: windowMs / 1000 }),
    ...(hiddenPanels === undefined ? {} : { hidden_panels: [...hiddenPanels] }),
    ...(panelOrder === undefined ? {} : { panel_order: [...panelOrder] }),
    ...(shortcuts === undefined ? {} : { shortcuts }),
    ...(welcomed === undefined ? {} : { welcomed }),
  };
}
