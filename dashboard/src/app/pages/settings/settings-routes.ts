import type { Routes } from '@angular/router';
import { CollectionStore } from './collection-store.ts';
import SettingsPage from './settings-page.ts';

export const SETTINGS_ROUTES: Routes = [
  {
    path: '',
    component: SettingsPage,
    providers: [CollectionStore],
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'account' },
      { path: 'account', title: 'Account · PerfWatch', loadComponent: () => import('./account/account-section.ts') },
      { path: 'appearance', title: 'Appearance · PerfWatch', loadComponent: () => import('./appearance/appearance-section.ts') },
      { path: 'sampling', title: 'Sampling · PerfWatch', loadComponent: () => import('./sampling/sampling-section.ts') },
      { path: 'collectors', title: 'Collectors · PerfWatch', loadComponent: () => import('./collectors/collectors-section.ts') },
      { path: 'perf-events', title: 'Perf events · PerfWatch', loadComponent: () => import('./perf-events/perf-events-section.ts') },
      { path: 'retention', title: 'Retention · PerfWatch', loadComponent: () => import('./retention/retention-section.ts') },
      { path: 'users', title: 'Users · PerfWatch', loadComponent: () => import('./users/users-section.ts') },
      { path: 'tokens', title: 'API tokens · PerfWatch', loadComponent: () => import('./tokens/tokens-section.ts') },
      { path: 'audit', title: 'Audit · PerfWatch', loadComponent: () => import('./audit/audit-section.ts') },
      { path: 'system', title: 'System · PerfWatch', loadComponent: () => import('./system/system-section.ts') },
    ],
  },
];
