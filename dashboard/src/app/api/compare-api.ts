import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { CompareQuery, CompareReply } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

/** Comparisons of two windows of time. See docs/compare.md. */
@Injectable({ providedIn: 'root' })
export class CompareApi {
  readonly #http = inject(HttpClient);

  compare(query: CompareQuery): Observable<CompareReply> {
    const params = Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return this.#http.get<CompareReply>('api/history/compare', { params });
  }
}
