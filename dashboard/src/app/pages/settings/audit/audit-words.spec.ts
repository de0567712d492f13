import { AUDIT_ACTIONS, type AuditEvent } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { ACTION_TITLES, auditLine } from './audit-words.ts';

const ADA = { user_id: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', username: 'ada', api_token_id: null };
const line = (event: Partial<AuditEvent>) =>
  auditLine({
    id: 1,
    at: '2026-11-23T19:20:31.000Z',
    action: 'login',
    actor: ADA,
    address: '192.0.2.7',
    target: null,
    details: {},
    ...event,
  });

describe('an event of the audit trail in words', () => {
  it.each<[Partial<AuditEvent>, string, string]>([
    [{}, 'ada logged in', ''],
    [{ action: 'user_created', target: 'grace', details: { role: 'viewer' } }, 'ada added the user grace, viewer', ''],
    [{ action: 'user_created', actor: null, target: 'grace', details: { role: 'admin' } }, 'Command line added the user grace, admin', ''],
    [{ action: 'user_changed', target: 'grace', details: { role: 'admin' } }, 'ada changed the user grace', 'role: admin'],
    [{ action: 'password_changed', target: 'ada' }, 'ada changed the own password', ''],
    [{ action: 'password_changed', actor: null, target: 'ada' }, 'Command line set the password of ada', ''],
    [
      { action: 'settings_changed', target: 'all hosts', details: { interval_ms: 500, collectors: { cpu: { enabled: false } } } },
      'ada changed the settings of all hosts',
      'interval ms: 500, collectors: {"cpu":{"enabled":false}}',
    ],
    [
      { action: 'token_deleted', actor: { ...ADA, api_token_id: 'x' }, target: 'script of ada', details: { id: 'x', scope: 'read' } },
      'ada by API token removed the API token script of ada',
      'scope: read',
    ],
  ])('%j', (event, text, more) => {
    const { who, what, more: told, isBad } = line(event);
    expect(`${who} ${what}`).toBe(text);
    expect(told).toBe(more);
    expect(isBad).toBe(false);
  });

  it('says how often a log-in was refused, of whom, and why', () => {
    const refused = (target: string | null, details: object) =>
      line({ action: 'login_failed', actor: null, target, details: { ...details } });
    expect(refused('grace', { reason: 'wrong_password' })).toEqual({
      who: 'grace',
      what: 'wrong password at log-in',
      more: '',
      isBad: true,
    });
    expect(refused(null, { reason: 'wrong_password', times: 41 })).toMatchObject({
      who: 'Nobody known',
      what: 'wrong password at log-in, 41 times more within a minute',
    });
    expect(refused(null, { reason: 'too_many_tries', times: 1 }).what).toBe('told to wait after too many tries, once more within a minute');
  });

  it('has words for every action', () => {
    expect(Object.keys(ACTION_TITLES).toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
    for (const action of AUDIT_ACTIONS) expect(line({ action, target: 'x', details: {} }).what).not.toMatch(/undefined \w|^$/);
  });
});
