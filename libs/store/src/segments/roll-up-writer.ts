import { NUMBER, ABSENT, Presence } from './presence.ts';
import type { RollUpParts, RollUpStats } from './roll-up.ts';
import { BUCKET_COLUMNS, ROLL_UP_FORMAT } from './segment-layout.ts';
import { TableWriter } from './table-writer.ts';
import { roundSums } from './whole-numbers.ts';

/** The bytes of a roll-up, as docs/storage.md describes them. */
export function writeRollUp({ stepMs, starts, paths, sumUnit, stats }: RollUpParts): { payload: Buffer; numberCount: number } {
  const table = new TableWriter(starts.length);
  table.add({ presence: Presence.always(starts.length), numbers: starts });
  const filled = paths.map((_, pathIndex) => filledOf(stats(pathIndex)));
  for (const { presence, counts } of filled) table.add({ presence, numbers: counts });
  for (const { presence, sums } of filled) table.add({ presence, numbers: roundSums(sums) });
  for (const { presence, mins } of filled) table.add({ presence, numbers: mins });
  for (const { presence, maxs } of filled) table.add({ presence, numbers: maxs });
  const payload = table.toPayload({ format: ROLL_UP_FORMAT, names: BUCKET_COLUMNS, step_ms: stepMs, sum_unit: sumUnit }, paths);
  return { payload, numberCount: filled.reduce((count, { counts }) => count + counts.length, 0) };
}

/** What there is in those buckets that have numbers. */
function filledOf({ sums, counts, mins, maxs }: RollUpStats): RollUpStats & { presence: Presence } {
  const presence = new Presence();
  for (const count of counts) presence.push(count > 0 ? NUMBER : ABSENT);
  if (presence.isAlways) return { presence, sums, counts, mins, maxs };
  const isFilled = (_: number, index: number) => (counts[index] ?? 0) > 0;
  return {
    presence,
    sums: sums.filter(isFilled),
    counts: counts.filter(isFilled),
    mins: mins.filter(isFilled),
    maxs: maxs.filter(isFilled),
  };
}
