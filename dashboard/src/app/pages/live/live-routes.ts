import type { Routes } from '@angular/router';
import LivePage from './live-page.ts';

/** The live page. Its charts are drawn by hand: it needs no chart library. */
export const LIVE_ROUTES: Routes = [{ path: '', component: LivePage }];
