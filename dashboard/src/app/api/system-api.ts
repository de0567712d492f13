import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { SystemReply } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

/** What PerfWatch itself is made of. */
@Injectable({ providedIn: 'root' })
export class SystemApi {
  readonly #http = inject(HttpClient);

  report(): Observable<SystemReply> {
    return this.#http.get<SystemReply>('api/system');
  }
}
