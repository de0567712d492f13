import { z } from 'zod';
import { isoTimeSchema } from './iso-time.ts';
import { subjectTokenSchema } from './subject.ts';

/** PostgreSQL cannot store a NUL. */
const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\0]*$/, 'must not contain NUL');

/** A mark on the time axis: a deploy, a test run, an incident. `id` makes it the same mark however often it arrives. */
export const annotationSchema = z
  .object({
    id: z.uuid().optional().describe('Given by PerfWatch where absent'),
    ts: z.iso.datetime({ offset: true }),
    title: text(200).min(1),
    text: text(4000).optional(),
    tags: z.array(text(63).min(1)).max(20).optional(),
    end_ts: z.iso.datetime({ offset: true }).optional(),
  })
  .meta({ id: 'Annotation' });
export type Annotation = z.infer<typeof annotationSchema>;

/** Body of `POST /api/annotations`. */
export const newAnnotationSchema = z
  .strictObject({
    host: subjectTokenSchema.optional().describe('Default: the only host there is; required when there are several'),
    ...annotationSchema.omit({ id: true, ts: true }).shape,
    ts: z.iso.datetime({ offset: true }).optional().describe('Default: now'),
  })
  .meta({ id: 'NewAnnotation' });
export type NewAnnotation = z.infer<typeof newAnnotationSchema>;

/** An annotation as it is stored. */
export const annotationRecordSchema = z
  .object({
    id: z.uuid(),
    host: subjectTokenSchema.nullable(),
    ts: z.iso.datetime(),
    end_ts: z.iso.datetime().nullable(),
    title: z.string(),
    text: z.string().nullable(),
    tags: z.array(z.string()),
  })
  .meta({ id: 'AnnotationRecord' });
export type AnnotationRecord = z.infer<typeof annotationRecordSchema>;

/** Which mark was removed. */
export interface AnnotationRemoved {
  id: string;
}

/** Query of `GET /api/annotations`: those that overlap the range. */
export const annotationsQuerySchema = z
  .object({
    host: subjectTokenSchema.optional().describe('Default: those of every host'),
    start_time: isoTimeSchema.optional().describe('Default: from the first on'),
    end_time: isoTimeSchema.optional().describe('Default: until the last'),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000).describe('The newest that many'),
  })
  .meta({ id: 'AnnotationsQuery' });
export type AnnotationsQuery = z.infer<typeof annotationsQuerySchema>;

export const annotationsReplySchema = z.object({ annotations: z.array(annotationRecordSchema) }).meta({ id: 'AnnotationsReply' });
export type AnnotationsReply = z.infer<typeof annotationsReplySchema>;
