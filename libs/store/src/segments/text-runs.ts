import { listOf } from './json.ts';
import { SegmentError } from './segment-error.ts';

type Run = [text: string | null, count: number];

/** One text per Sample, as runs of those that are the same. */
export class TextRuns {
  readonly runs: Run[] = [];

  push(text: string | null): void {
    const last = this.runs.at(-1);
    if (last !== undefined && last[0] === text) last[1] += 1;
    else this.runs.push([text, 1]);
  }

  /** The text of each of `length` Samples. Throws SegmentError where `json` is not their runs. */
  static expand(json: unknown, length: number): (string | null)[] {
    const texts: (string | null)[] = [];
    for (const run of listOf(json)) {
      const [text, count] = listOf(run);
      const isText = text === null || typeof text === 'string';
      const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= length - texts.length;
      if (!isText || !isCount) throw new SegmentError('its texts are damaged');
      for (let index = 0; index < count; index += 1) texts.push(text);
    }
    if (texts.length !== length) throw new SegmentError('its texts are damaged');
    return texts;
  }
}
