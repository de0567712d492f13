import type { Me } from '@perfwatch/contract';

/** One page of the settings. */
export interface SettingsSection {
  path: string;
  title: string;
  /** Viewers have no use for it. */
  forAdministrators?: boolean;
}

/** In the order of the list. */
export const SECTIONS: readonly SettingsSection[] = [
  { path: 'account', title: 'Account' },
  { path: 'appearance', title: 'Appearance' },
  { path: 'sampling', title: 'Sampling' },
  { path: 'collectors', title: 'Collectors' },
  { path: 'perf-events', title: 'Perf events' },
  { path: 'retention', title: 'Retention' },
  { path: 'users', title: 'Users', forAdministrators: true },
  { path: 'tokens', title: 'API tokens', forAdministrators: true },
  { path: 'audit', title: 'Audit', forAdministrators: true },
  { path: 'system', title: 'System' },
];

/** Whether a section is for whoever is logged in; `unknown` while nobody knows who that is. */
export type Access = 'open' | 'refused' | 'unknown';

export function accessTo(section: SettingsSection | null, me: Pick<Me, 'role'> | null): Access {
  if (section?.forAdministrators !== true) return 'open';
  if (me === null) return 'unknown';
  return me.role === 'admin' ? 'open' : 'refused';
}
