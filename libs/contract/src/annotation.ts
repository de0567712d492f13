import { z } from 'zod';

/** A mark on the time axis: a deploy, a test run, an incident. */
export const annotationSchema = z
  .object({
    ts: z.iso.datetime({ offset: true }),
    title: z.string().min(1).max(200),
    text: z.string().max(4000).optional(),
    tags: z.array(z.string().min(1).max(63)).max(20).optional(),
    end_ts: z.iso.datetime({ offset: true }).optional(),
  })
  .meta({ id: 'Annotation' });
export type Annotation = z.infer<typeof annotationSchema>;
