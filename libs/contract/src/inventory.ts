import { z } from 'zod';
import { subjectTokenSchema } from './subject.ts';

const text = z.string().max(300).nullable();

/** What a machine is. Published by one agent per host, at start and every 60 s. Unknown is null. */
export const inventorySchema = z
  .object({
    host: subjectTokenSchema,
    ts: z.iso.datetime({ offset: true }),
    hostname: text.optional(),
    os: z.object({ name: text, version: text }).partial().optional(),
    kernel: text.optional(),
    architecture: text.optional(),
    virtualization: text.optional(),
    boot_time: z.iso.datetime({ offset: true }).nullable().optional(),
    cpu: z
      .object({
        model: text,
        vendor: text,
        sockets_count: z.number().int().nullable(),
        cores_count: z.number().int().nullable(),
        threads_count: z.number().int().nullable(),
        max_mhz: z.number().nullable(),
      })
      .partial()
      .optional(),
    memory: z.object({ total_bytes: z.number().nullable(), swap_bytes: z.number().nullable() }).partial().optional(),
    disks: z
      .array(
        z
          .object({ name: z.string().max(120), model: text, size_bytes: z.number().nullable(), kind: text })
          .partial({ model: true, size_bytes: true, kind: true }),
      )
      .max(1024)
      .optional(),
    nics: z
      .array(
        z
          .object({ name: z.string().max(120), mac: text, speed_bytes_per_sec: z.number().nullable() })
          .partial({ mac: true, speed_bytes_per_sec: true }),
      )
      .max(1024)
      .optional(),
    tags: z.record(z.string().max(63), z.string().max(255)).optional(),
    perfwatch_version: text.optional(),
  })
  .meta({ id: 'Inventory' });
export type Inventory = z.infer<typeof inventorySchema>;
