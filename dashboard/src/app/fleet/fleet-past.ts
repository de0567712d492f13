import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { MAX_HISTORY_HOSTS, type HistoryOfHostsReply, type HistoryReply, type Metrics } from '@perfwatch/contract';
import { catchError, concatMap, forkJoin, from, map, type Observable, of, reduce } from 'rxjs';
import type { PastPoint } from './fleet-memory.ts';
import { MEASURES, type MeasureKey } from './measures.ts';

/** With one aggregate, every point has the shape of a Sample's metrics. */
interface HostMeans {
  host: string;
  data_points: readonly { timestamp: string; data: Metrics }[];
}
type MeansReply =
  (Omit<HistoryReply, 'data_points'> & HostMeans) | (Omit<HistoryOfHostsReply, 'series'> & { series: readonly HostMeans[] });

export interface FleetPastQuery {
  hosts: readonly string[];
  keys: readonly MeasureKey[];
  fromMs: number;
  toMs: number;
  /** What one point is the mean of. */
  stepMs: number;
}

/** The stored past of measures: only the numbers that are drawn, where a backfill over the live connection would be whole Samples. */
@Injectable({ providedIn: 'root' })
export class FleetPast {
  readonly #http = inject(HttpClient);

  /** Never fails: what cannot be had is missing. */
  load({ hosts, keys, ...range }: FleetPastQuery): Observable<readonly PastPoint[]> {
    const parts = Array.from({ length: Math.ceil(hosts.length / MAX_HISTORY_HOSTS) }, (_, index) =>
      hosts.slice(index * MAX_HISTORY_HOSTS, (index + 1) * MAX_HISTORY_HOSTS),
    );
    return from(parts).pipe(
      concatMap((part) => forkJoin(keys.map((key) => this.#measure(key, part, range)))),
      reduce((points: PastPoint[], replies) => [...points, ...replies.flat()], []),
    );
  }

  #measure(
    key: MeasureKey,
    hosts: readonly string[],
    { fromMs, toMs, stepMs }: Omit<FleetPastQuery, 'hosts' | 'keys'>,
  ): Observable<PastPoint[]> {
    const { collector, fields, read } = MEASURES[key];
    const params = {
      metric_type: collector,
      host: hosts.join(','),
      fields: fields.join(','),
      start_time: new Date(Math.floor(fromMs / stepMs) * stepMs).toISOString(),
      end_time: new Date(toMs).toISOString(),
      interval: `${stepMs}ms`,
      agg: 'avg',
    };
    return this.#http.get<MeansReply>('api/history/metrics', { params }).pipe(
      map((reply) => ('series' in reply ? reply.series : [reply])),
      map((series) =>
        series.flatMap(({ host, data_points: points }) =>
          points.map(({ timestamp, data }) => ({ host, key, timeMs: Date.parse(timestamp), value: read(data) })),
        ),
      ),
      catchError(() => of([])),
    );
  }
}
