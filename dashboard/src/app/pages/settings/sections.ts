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
  { path: 'system', title: 'System' },
];
