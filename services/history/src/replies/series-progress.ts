import { AGGREGATES, MAX_POINTS, resolutionSchema } from '@perfwatch/contract';
import { z } from 'zod';

export const momentSchema = z.number().int().min(0).max(8.64e15);
export const stepSchema = z.number().int().min(1).max(8.64e15);
/** A path as a cursor has it. */
export const cursorPathSchema = z.union([
  z.strictObject({ metric: z.string() }),
  z.strictObject({ metric: z.string(), dimension: z.string(), instance: z.string() }),
]);
/** Within a point that did not fit on a page. */
export const pointProgressSchema = z.object({
  aggregate: z
    .number()
    .int()
    .min(0)
    .max(AGGREGATES.length - 1),
  last: cursorPathSchema.nullable(),
});

/** How far the points of one series have been written. Part of cursors. */
export const seriesProgressSchema = z.object({
  /** Null: Samples as they are. */
  stepMs: stepSchema.nullable(),
  limit: z.number().int().min(1).max(MAX_POINTS),
  /** The next point begins there or later. */
  atMs: momentSchema,
  count: z.number().int().min(0),
  numbers: z.number().int().min(0),
  resolution: resolutionSchema,
  /** Within the point at `atMs`. */
  point: pointProgressSchema.nullable(),
});
export type SeriesProgress = z.infer<typeof seriesProgressSchema>;

/** What every page of a reply has to know. Part of cursors. */
export const selectionStartShape = { startMs: momentSchema, endMs: momentSchema, host: z.string().nullable() };
