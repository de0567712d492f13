import type { Routes } from '@angular/router';
import { provideEchartsCore } from 'ngx-echarts';
import { echartsCore } from '../../charts/echarts.ts';
import HistoryPage from './history-page.ts';

export const HISTORY_ROUTES: Routes = [{ path: '', component: HistoryPage, providers: [provideEchartsCore({ echarts: echartsCore() })] }];
