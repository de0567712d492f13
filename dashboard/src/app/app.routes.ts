import type { Routes } from '@angular/router';
import { logInGuard } from './session/log-in-guard.ts';
import { Shell } from './shell/shell.ts';

export const ROUTES: Routes = [
  { path: 'login', title: 'Log in · PerfWatch', loadComponent: () => import('./pages/log-in/log-in-page.ts') },
  {
    path: '',
    component: Shell,
    canActivate: [logInGuard],
    children: [
      {
        path: '',
        pathMatch: 'full',
        title: 'Hosts · PerfWatch',
        data: { opensOnly: true },
        loadComponent: () => import('./pages/hosts/hosts-page.ts'),
      },
      { path: 'welcome', title: 'Welcome · PerfWatch', loadComponent: () => import('./pages/welcome/welcome-page.ts') },
      { path: 'hosts', pathMatch: 'full', title: 'Hosts · PerfWatch', loadComponent: () => import('./pages/hosts/hosts-page.ts') },
      { path: 'hosts/:host', loadComponent: () => import('./pages/live/live-page.ts') },
      {
        path: 'history',
        title: 'History · PerfWatch',
        loadChildren: () => import('./pages/history/history-routes.ts').then(({ HISTORY_ROUTES }) => HISTORY_ROUTES),
      },
      {
        path: 'compare',
        title: 'Compare · PerfWatch',
        loadChildren: () => import('./pages/compare/compare-routes.ts').then(({ COMPARE_ROUTES }) => COMPARE_ROUTES),
      },
      {
        path: 'settings',
        title: 'Settings · PerfWatch',
        loadChildren: () => import('./pages/settings/settings-routes.ts').then(({ SETTINGS_ROUTES }) => SETTINGS_ROUTES),
      },
      { path: '**', title: 'Not found · PerfWatch', loadComponent: () => import('./pages/not-found/not-found-page.ts') },
    ],
  },
];
