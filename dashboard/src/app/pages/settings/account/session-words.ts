import type { SessionRecord } from '@perfwatch/contract';

/** What a session is of, as people say it. */
export function sessionName({ client, kind }: Pick<SessionRecord, 'client' | 'kind'>): string {
  return client ?? (kind === 'browser' ? 'A browser' : 'A program');
}

/** From where, since when, used when, and until when the one on the page goes on; `moment` writes milliseconds since 1970. */
export function sessionDetails(session: SessionRecord, moment: (ms: number) => string): string {
  const at = (iso: string) => moment(Date.parse(iso));
  const { address, kind, is_current: isCurrent } = session;
  const used = isCurrent ? `until ${at(session.expires_at)}` : `last used ${at(session.last_used_at)}`;
  const what = kind === 'program' ? ['program'] : [];
  return [...what, address, `since ${at(session.started_at)}`, used].join(' · ');
}
