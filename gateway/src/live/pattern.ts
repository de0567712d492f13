import { subjects, type Sample, type Subscription } from '@perfwatch/contract';

/** `<host>/<collector>`, each a name or `*`: what a viewer wants to see. Names cannot contain `/` or `*`. */
export type Pattern = `${string}/${string}`;

const ANY = '*';

/** Everything a request asks for. A list that is absent means all; an empty one means none. */
export function patternsOf({ hosts = [ANY], collectors = [ANY] }: Subscription): Pattern[] {
  const patterns = new Set<Pattern>();
  for (const host of hosts) for (const collector of collectors) patterns.add(`${host}/${collector}`);
  return [...patterns];
}

/** The patterns that a Sample fits. */
export function patternsFor({ host, collector }: Pick<Sample, 'host' | 'collector'>): Pattern[] {
  return [`${host}/${collector}`, `${host}/*`, `*/${collector}`, '*/*'];
}

/** Whether everything that fits `inner` fits `outer` as well. */
export function covers(outer: Pattern, inner: Pattern): boolean {
  const [outerHost, outerCollector] = outer.split('/');
  const [innerHost, innerCollector] = inner.split('/');
  return (outerHost === ANY || outerHost === innerHost) && (outerCollector === ANY || outerCollector === innerCollector);
}

/** The NATS subject of a pattern. */
export function subjectOf(pattern: Pattern): string {
  const [host = ANY, collector = ANY] = pattern.split('/');
  return subjects.metrics(host, collector);
}
