import { z } from 'zod';
import { readinessSchema } from './http.ts';

const countSchema = z.number().int().min(0);
const healthShape = { up: z.boolean(), reason: z.string().nullable() };

/** A running copy of a service. */
const replicaSchema = z.object({ node: z.string().describe('Of the cluster; as in `processes`'), ...healthShape });

const serviceSchema = z.object({
  name: z.string().describe("A collector's is collector-<name>"),
  ...healthShape,
  replicas: z.array(replicaSchema).describe('At most 100 are listed'),
  replica_count: countSchema,
});

const processSchema = z.object({
  node: z.string(),
  name: z.string().describe('What it runs'),
  host: z.string(),
  version: z.string(),
  node_version: z.string().describe('Of Node.js'),
  started_at: z.iso.datetime(),
  cpu_percent: z.number().nullable().describe('Of one core, since it was last asked; null the first time'),
  rss_bytes: countSchema.nullable(),
  queued_samples: countSchema.describe('Wait in this process for JetStream'),
  dropped_samples: countSchema.describe('Dropped since its start because that queue was full'),
  invalid_messages: countSchema.describe('Arrived since its start and did not fit their schema'),
  database: z.object(healthShape).nullable().describe('Null where it does not use it'),
});

/** `GET /api/system`: what PerfWatch itself is made of, and how it is. */
export const systemReplySchema = z
  .object({
    version: z.string().describe('Of the gateway that answers'),
    started_at: z.iso.datetime().describe('Of the gateway that answers'),
    readiness: readinessSchema,
    services: z.array(serviceSchema),
    processes: z.array(processSchema).describe('At most 100, by host and name'),
    process_count: countSchema,
    stream: z
      .object({
        samples: countSchema.describe('Wait to be stored'),
        bytes: countSchema,
        max_bytes: countSchema.nullable().describe('Null: unbounded'),
        oldest: z.iso.datetime().nullable(),
      })
      .nullable()
      .describe('What JetStream holds for persistence; null while it cannot be read'),
  })
  .meta({ id: 'SystemReply' });
export type SystemReply = z.infer<typeof systemReplySchema>;
