import type { Annotation, AnnotationRecord } from '@perfwatch/contract';

/** An annotation as it is told live, as it will be stored; null where it has no id yet and has to be asked for. */
export function markTold({ id, host, ts, end_ts: endTs, title, text, tags }: Annotation & { host: string }): AnnotationRecord | null {
  if (id === undefined) return null;
  const utc = (time: string) => new Date(time).toISOString();
  return { id, host, ts: utc(ts), end_ts: endTs === undefined ? null : utc(endTs), title, text: text ?? null, tags: tags ?? [] };
}

/** The marks with one more, or with another of its id, oldest first; the newest `most` of them. */
export function withMark(marks: readonly AnnotationRecord[], mark: AnnotationRecord, most: number): AnnotationRecord[] {
  return oldestFirst([...marks.filter(({ id }) => id !== mark.id), mark]).slice(-most);
}

/** Marks of several replies, each once, oldest first. */
export function oldestFirst(marks: readonly AnnotationRecord[]): AnnotationRecord[] {
  return [...new Map(marks.map((mark) => [mark.id, mark])).values()].sort((a, b) => Date.parse(a.ts) - Date.parse(b.ts));
}

/** Whether a mark is of one of the hosts, or of all, and overlaps a range in milliseconds since the epoch. */
export function isMarkWithin(
  { host, ts, end_ts: endTs }: AnnotationRecord,
  { hosts, fromMs, toMs }: { hosts: readonly string[]; fromMs: number; toMs: number },
): boolean {
  return (host === null || hosts.includes(host)) && Date.parse(ts) < toMs && Date.parse(endTs ?? ts) >= fromMs;
}
