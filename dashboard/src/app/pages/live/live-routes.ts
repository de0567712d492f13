import type { Routes } from '@angular/router';
import { provideEchartsCore } from 'ngx-echarts';
import { echartsCore } from '../../charts/echarts.ts';
import LivePage from './live-page.ts';

/** The live page with the charts it needs: loaded together, and by no other page. */
export const LIVE_ROUTES: Routes = [{ path: '', component: LivePage, providers: [provideEchartsCore({ echarts: echartsCore() })] }];
