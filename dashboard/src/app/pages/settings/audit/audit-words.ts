import type { AuditAction, AuditEvent } from '@perfwatch/contract';

/** Each action as a choice of the filter. */
export const ACTION_TITLES: Readonly<Record<AuditAction, string>> = {
  login: 'Log-ins',
  login_failed: 'Refused log-ins',
  logout: 'Log-outs',
  session_ended: 'Ended sessions',
  session_stolen: 'Stolen sessions',
  password_changed: 'Passwords changed',
  user_created: 'Users added',
  user_changed: 'Users changed',
  user_deleted: 'Users removed',
  token_created: 'API tokens made',
  token_deleted: 'API tokens removed',
  settings_changed: 'Settings changed',
  retention_changed: 'Retention changed',
  retention_run: 'Retention run by hand',
  annotation_deleted: 'Marks removed',
};

const REFUSALS: Readonly<Record<string, string>> = {
  wrong_password: 'wrong password at log-in',
  wrong_current_password: 'wrong current password at a change of the password',
  too_many_tries: 'told to wait after too many tries',
};

/** One event in words. */
export interface AuditLine {
  who: string;
  what: string;
  /** What was changed, as `name: value`; empty where there is nothing more to tell. */
  more: string;
  /** Something that an administrator should look at. */
  isBad: boolean;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function moreText(details: AuditEvent['details'], told: readonly string[]): string {
  const left = Object.entries(details).filter(([name, value]) => !told.includes(name) && value !== null);
  return left.map(([name, value]) => `${name.replaceAll('_', ' ')}: ${valueText(value)}`).join(', ');
}

function refusal({ details }: AuditEvent): string {
  const { reason, times } = details;
  const what = REFUSALS[String(reason)] ?? 'refused at log-in';
  return typeof times === 'number' ? `${what}, ${times === 1 ? 'once' : `${times} times`} more within a minute` : what;
}

function changedPassword({ actor, target }: AuditEvent): string {
  return actor !== null && actor.username === target ? 'changed the own password' : `set the password of ${target}`;
}

/** What was done, and which details that has told already. */
const WHAT: Readonly<Record<AuditAction, (event: AuditEvent) => readonly [what: string, ...told: string[]]>> = {
  login: () => ['logged in'],
  login_failed: (event) => [refusal(event), 'reason', 'times'],
  logout: () => ['logged out'],
  session_ended: () => ['ended another session of the own'],
  session_stolen: () => ['a session was used from two places and has ended'],
  password_changed: (event) => [changedPassword(event)],
  user_created: ({ target, details }) => [`added the user ${target}, ${valueText(details['role'])}`, 'role'],
  user_changed: ({ target }) => [`changed the user ${target}`],
  user_deleted: ({ target }) => [`removed the user ${target}`, 'role'],
  token_created: ({ target }) => [`made the API token ${target}`, 'id'],
  token_deleted: ({ target }) => [`removed the API token ${target}`, 'id'],
  settings_changed: ({ target }) => [`changed the settings of ${target}`],
  retention_changed: () => ['changed what is kept for how long'],
  retention_run: () => ['ran the retention', 'started_at', 'finished_at'],
  annotation_deleted: ({ details }) => [`removed the mark ${valueText(details['title'])}`, 'id', 'title'],
};

const BAD: ReadonlySet<AuditAction> = new Set(['login_failed', 'session_stolen']);

function whoDid({ action, actor, target }: AuditEvent): string {
  if (actor !== null) return actor.api_token_id === null ? actor.username : `${actor.username} by API token`;
  return BAD.has(action) ? (target ?? 'Nobody known') : 'Command line';
}

/** An event as a line that a person can read. */
export function auditLine(event: AuditEvent): AuditLine {
  const [what, ...told] = WHAT[event.action](event);
  return { who: whoDid(event), what, more: moreText(event.details, told), isBad: BAD.has(event.action) };
}
