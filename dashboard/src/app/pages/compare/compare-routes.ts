import type { Routes } from '@angular/router';
import { provideEchartsCore } from 'ngx-echarts';
import { echartsCore } from '../../charts/echarts.ts';
import ComparePage from './compare-page.ts';

export const COMPARE_ROUTES: Routes = [{ path: '', component: ComparePage, providers: [provideEchartsCore({ echarts: echartsCore() })] }];
