import type { SessionRecord } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { sessionDetails, sessionName } from './session-words.ts';

const session: SessionRecord = {
  id: '9d1f6a1e-2f0b-4e57-9a2c-5a4d0f6b7c31',
  kind: 'browser',
  client: 'Firefox on Linux',
  address: '192.0.2.17',
  started_at: '2026-11-20T08:00:00.000Z',
  last_used_at: '2026-11-23T19:00:00.000Z',
  expires_at: '2026-12-20T08:00:00.000Z',
  is_current: false,
};
const moment = (ms: number) => new Date(ms).toISOString().slice(5, 13);

describe('a session in words', () => {
  it('is called by its program, or by what it is', () => {
    expect(sessionName(session)).toBe('Firefox on Linux');
    expect(sessionName({ ...session, client: null })).toBe('A browser');
    expect(sessionName({ client: null, kind: 'program' })).toBe('A program');
  });

  it('says from where, since when and when it was used', () => {
    expect(sessionDetails(session, moment)).toBe('192.0.2.17 · since 11-20T08 · last used 11-23T19');
    expect(sessionDetails({ ...session, kind: 'program' }, moment)).toBe('program · 192.0.2.17 · since 11-20T08 · last used 11-23T19');
  });

  it('says of the one on the page until when it goes on', () => {
    expect(sessionDetails({ ...session, is_current: true }, moment)).toBe('192.0.2.17 · since 11-20T08 · until 12-20T08');
  });
});
