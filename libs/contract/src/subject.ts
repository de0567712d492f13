import { z } from 'zod';

/** `<host>` and `<collector>` of a subject. */
export const SUBJECT_TOKEN = /^[A-Za-z0-9_-]{1,63}$/;

export const subjectTokenSchema = z.string().regex(SUBJECT_TOKEN, 'must be 1 to 63 of A-Z a-z 0-9 _ - (it is part of a NATS subject)');

/** A hostname as a subject token: other characters become `_`, at most 63 kept. Throws nothing; an empty name becomes `_`. */
export function toSubjectToken(hostname: string): string {
  return hostname.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 63) || '_';
}

export const SUBJECT_ROOT = 'perfwatch.v1';
/** Everything public, and no more than that. */
export const ALL_PUBLIC_SUBJECTS = `${SUBJECT_ROOT}.>`;
/** JetStream stream that keeps Samples until they have been stored. */
export const METRICS_STREAM = 'PERFWATCH_METRICS';

/** Builders for the public subjects of CONTRACT section 3. `*` as host or collector subscribes to all. */
export const subjects = {
  metrics: (host: string, collector: string) => `${SUBJECT_ROOT}.metrics.${host}.${collector}`,
  catalog: (host: string, collector: string) => `${SUBJECT_ROOT}.catalog.${host}.${collector}`,
  host: (host: string) => `${SUBJECT_ROOT}.host.${host}`,
  annotations: (host: string) => `${SUBJECT_ROOT}.annotations.${host}`,
  allMetrics: `${SUBJECT_ROOT}.metrics.>`,
} as const;

export type ParsedSubject =
  { kind: 'metrics' | 'catalog'; host: string; collector: string } | { kind: 'host' | 'annotations'; host: string };

/** The parts of a public subject; null for anything that is not one (wrong root, token count or characters). */
export function parseSubject(subject: string): ParsedSubject | null {
  const [root, version, kind, host, collector, ...rest] = subject.split('.');
  if (`${root}.${version}` !== SUBJECT_ROOT || rest.length > 0 || host === undefined || !SUBJECT_TOKEN.test(host)) return null;
  if (kind === 'metrics' || kind === 'catalog') {
    return collector !== undefined && SUBJECT_TOKEN.test(collector) ? { kind, host, collector } : null;
  }
  return (kind === 'host' || kind === 'annotations') && collector === undefined ? { kind, host } : null;
}
