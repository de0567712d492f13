import { HttpClient, HttpEventType, HttpParams } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import {
  AGGREGATES,
  type Aggregate,
  type AnnotationRecord,
  type AnnotationsReply,
  type HistoryOfHostsReply,
  type HistoryReply,
  type Metrics,
  type NewAnnotation,
} from '@perfwatch/contract';
import { filter, map, type Observable } from 'rxjs';

/** What of a collector's history is asked for. Times in milliseconds since the epoch; `toMs` is not part of the range. */
export interface HistorySelection {
  collector: string;
  hosts: readonly string[];
  fromMs: number;
  toMs: number;
  /** Paths as `formatMetricPath` writes them; `dimension.metric` means every instance. */
  fields: readonly string[];
  /** `auto`, `raw` or a duration such as `1m`. */
  interval: string;
}

/** What one host has of a collector: a bucket's start, and its means, minima and maxima in the shape of a Sample's metrics. */
export interface HostHistory extends Pick<HistoryReply, 'host' | 'interval' | 'resolution' | 'count' | 'truncated'> {
  data_points: readonly { timestamp: string; data: Partial<Record<Aggregate, Metrics>> }[];
}

/** A collector's past on the hosts asked for, and the marks on it. */
export interface CollectorHistory {
  annotations: readonly AnnotationRecord[];
  series: readonly HostHistory[];
}

/** Replies as they are where several aggregates are asked for. */
type AggregatedReply =
  (Omit<HistoryReply, 'data_points'> & HostHistory) | (Omit<HistoryOfHostsReply, 'series'> & { series: readonly HostHistory[] });

export interface ExportSelection extends HistorySelection {
  format: 'csv' | 'ndjson';
}

/** A file that is being fetched: how much is here, and in the end the file. */
export interface Download {
  loadedBytes: number;
  file: Blob | null;
}

/** The stored past, by its contract. Paths are relative, so that PerfWatch may be served below a sub-path. */
@Injectable({ providedIn: 'root' })
export class HistoryApi {
  readonly #http = inject(HttpClient);

  /** Means, minima and maxima of a collector; `limit` is the most points of each host. */
  query(selection: HistorySelection & { limit: number }): Observable<CollectorHistory> {
    const params = paramsOf(selection).appendAll({ agg: AGGREGATES }).set('limit', selection.limit);
    return this.#http
      .get<AggregatedReply>('api/history/metrics', { params })
      .pipe(map((reply) => ('series' in reply ? reply : { annotations: reply.annotations, series: [reply] })));
  }

  /** The whole selection as a file. It is fetched here and not by a link: the token goes in a header, never in an address. */
  download(selection: ExportSelection): Observable<Download> {
    const params = paramsOf(selection).set('format', selection.format);
    return this.#http.get('api/history/export', { params, observe: 'events', reportDownloadProgress: true, responseType: 'blob' }).pipe(
      map((event): Download | null => {
        if (event.type === HttpEventType.DownloadProgress) return { loadedBytes: event.loaded, file: null };
        if (event.type !== HttpEventType.Response || event.body === null) return null;
        return { loadedBytes: event.body.size, file: event.body };
      }),
      filter((download) => download !== null),
    );
  }

  /** Marks of a host that overlap a range. */
  annotations({ host, fromMs, toMs }: { host: string; fromMs: number; toMs: number }): Observable<AnnotationsReply> {
    return this.#http.get<AnnotationsReply>('api/annotations', { params: { host, start_time: isoTime(fromMs), end_time: isoTime(toMs) } });
  }

  addAnnotation(annotation: NewAnnotation): Observable<AnnotationRecord> {
    return this.#http.post<AnnotationRecord>('api/annotations', annotation);
  }

  removeAnnotation(id: string): Observable<unknown> {
    return this.#http.delete(`api/annotations/${encodeURIComponent(id)}`);
  }
}

const isoTime = (timeMs: number) => new Date(timeMs).toISOString();

function paramsOf({ collector, hosts, fromMs, toMs, fields, interval }: HistorySelection): HttpParams {
  const params = new HttpParams({
    fromObject: {
      metric_type: collector,
      host: hosts.join(','),
      start_time: isoTime(fromMs),
      end_time: isoTime(toMs),
      interval,
    },
  });
  return fields.length === 0 ? params : params.set('fields', fields.join(','));
}
