import { HttpClient } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { AuditAction, AuditReply } from '@perfwatch/contract';
import type { Observable } from 'rxjs';

export interface AuditSelection {
  action: AuditAction | null;
  /** User name of who did it; empty for everybody. */
  actor: string;
  /** `next` of the page before; null for the newest. */
  before: number | null;
}

/** The audit trail, for administrators. */
@Injectable({ providedIn: 'root' })
export class AuditApi {
  readonly #http = inject(HttpClient);

  /** A page of events, newest first. */
  events({ action, actor, before }: AuditSelection): Observable<AuditReply> {
    const params = {
      ...(action === null ? {} : { action }),
      ...(actor === '' ? {} : { actor }),
      ...(before === null ? {} : { before }),
    };
    return this.#http.get<AuditReply>('api/audit', { params });
  }
}
