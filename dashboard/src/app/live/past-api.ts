import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { MAX_POINTS, type HistoryReply, type Metrics, type Sample } from '@perfwatch/contract';
import { catchError, forkJoin, map, type Observable, of } from 'rxjs';
import { problemText } from '../api/problem-text.ts';
import type { TimeRange } from './frame.ts';

/** Buckets up to this long are not worth asking for: what is stored by the second is taken as it is. */
const LONGEST_RAW_MS = 1000;

export interface PastQuery {
  host: string;
  collectors: readonly string[];
  range: TimeRange;
  /** What one point of a chart stands for, in milliseconds. */
  bucketMs: number;
}

/** Stored Samples, oldest first by collector; `fault` says in words why some are missing, null where none is. */
export interface Past {
  samples: readonly Sample[];
  fault: string | null;
}

/** With one aggregate, every point has the shape of a Sample's metrics. */
type MeansReply = Omit<HistoryReply, 'data_points'> & { data_points: readonly { timestamp: string; data: Metrics }[] };

/** What the live page shows and its memory does not hold: means of every collector, in the steps that its charts draw. */
@Injectable({ providedIn: 'root' })
export class PastApi {
  readonly #http = inject(HttpClient);

  /** Never fails: what cannot be had is missing, and said. */
  load(query: PastQuery): Observable<Past> {
    if (query.collectors.length === 0) return of({ samples: [], fault: null });
    return forkJoin(query.collectors.map((collector) => this.#collector(collector, query))).pipe(
      map((parts) => ({
        samples: parts.flatMap(({ samples }) => samples),
        fault: parts.find(({ fault }) => fault !== null)?.fault ?? null,
      })),
    );
  }

  #collector(collector: string, { host, range, bucketMs }: PastQuery): Observable<Past> {
    const isRaw = bucketMs <= LONGEST_RAW_MS;
    const params = {
      metric_type: collector,
      host,
      start_time: new Date(Math.floor(range.fromMs / bucketMs) * bucketMs).toISOString(),
      end_time: new Date(range.toMs).toISOString(),
      interval: isRaw ? 'raw' : `${bucketMs}ms`,
      agg: 'avg',
      limit: MAX_POINTS,
    };
    return this.#http.get<MeansReply>('api/history/metrics', { params }).pipe(
      map(({ data_points: points }) => ({
        samples: points.map(({ timestamp, data }) => ({
          host,
          collector,
          ts: timestamp,
          metrics: data,
          ...(isRaw ? {} : { interval_ms: bucketMs }),
        })),
        fault: null,
      })),
      catchError((error: unknown) => of({ samples: [], fault: problemText(error) })),
    );
  }
}
