import type { AnnotationRecord } from '@perfwatch/contract';
import type { TimeRange } from '../live/frame.ts';

/** Marks that lie too near each other to be told apart. `left` is the place of the first within the range, in percent. */
export interface MarkStack {
  key: string;
  left: number;
  marks: readonly AnnotationRecord[];
}

/** Marks nearer than this share of the width, in percent, become one line. */
const NEAR_PERCENT = 1.5;

/** The marks that begin within a range, from left to right, those near each other together. */
export function markStacks(marks: readonly AnnotationRecord[], { fromMs, toMs }: TimeRange): MarkStack[] {
  const placed = marks
    .map((mark) => ({ mark, left: (100 * (Date.parse(mark.ts) - fromMs)) / (toMs - fromMs) }))
    .filter(({ left }) => left >= 0 && left <= 100)
    .sort((a, b) => a.left - b.left);
  const stacks: { key: string; left: number; marks: AnnotationRecord[] }[] = [];
  for (const { mark, left } of placed) {
    const last = stacks.at(-1);
    if (last !== undefined && left - last.left < NEAR_PERCENT) last.marks.push(mark);
    else stacks.push({ key: mark.id, left, marks: [mark] });
  }
  return stacks;
}
