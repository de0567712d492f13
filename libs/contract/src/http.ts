import { z } from 'zod';
import { catalogSchema } from './catalog.ts';
import { inventorySchema } from './inventory.ts';
import { MAX_PASSWORD_BYTES, MIN_PASSWORD_LENGTH } from './password-bounds.ts';
import { ROLES, TOKEN_SCOPES } from './roles.ts';
import { sampleStatusSchema } from './sample.ts';
import { subjectTokenSchema } from './subject.ts';

export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

export const tokenScopeSchema = z.enum(TOKEN_SCOPES);
export type TokenScope = z.infer<typeof tokenScopeSchema>;

export const usernameSchema = z.string().regex(/^[A-Za-z0-9_.@-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . @ -');
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `must have at least ${MIN_PASSWORD_LENGTH} characters`)
  .refine((text) => new TextEncoder().encode(text).length <= MAX_PASSWORD_BYTES, `must have at most ${MAX_PASSWORD_BYTES} bytes`);

export const loginRequestSchema = z
  .object({
    username: z.string().min(1).max(256),
    password: z.string().min(1).max(1024),
    session: z
      .enum(['bearer', 'cookie'])
      .optional()
      .describe('bearer (the default): one token of 24 hours. cookie, for pages of ours: a short token, and a cookie that renews it'),
  })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.infer<typeof loginRequestSchema>;

export const loginReplySchema = z
  .object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number().int().describe('Seconds') })
  .meta({ id: 'LoginReply' });
export type LoginReply = z.infer<typeof loginReplySchema>;

export const meSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    role: roleSchema,
    expires_at: z.iso.datetime().nullable().describe('Null: an API token that never expires'),
    scope: tokenScopeSchema.nullable().describe('Of an API token; null for a log-in'),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;

export const passwordChangeSchema = z
  .object({ current_password: z.string().min(1).max(1024), new_password: newPasswordSchema })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.infer<typeof passwordChangeSchema>;

/** State of one collector on one host, as last heard. */
export const collectorStateSchema = z.object({
  collector: subjectTokenSchema,
  status: sampleStatusSchema,
  reason: z.string().nullable(),
  last_sample: z.iso.datetime(),
  interval_ms: z.number().nullable(),
});
export type CollectorState = z.infer<typeof collectorStateSchema>;

export const hostSchema = z
  .object({
    host: subjectTokenSchema,
    first_seen: z.iso.datetime(),
    last_sample: z.iso.datetime().nullable(),
    collectors: z.array(collectorStateSchema),
    inventory: inventorySchema.nullable(),
  })
  .meta({ id: 'Host' });
export type Host = z.infer<typeof hostSchema>;

export const hostsReplySchema = z.object({ hosts: z.array(hostSchema) }).meta({ id: 'HostsReply' });
export type HostsReply = z.infer<typeof hostsReplySchema>;

/** A Catalog with the instances each dimension had lately. */
export const catalogEntrySchema = catalogSchema
  .extend({ instances: z.record(z.string(), z.array(z.string())), status: sampleStatusSchema.nullable(), reason: z.string().nullable() })
  .meta({ id: 'CatalogEntry' });
export type CatalogEntry = z.infer<typeof catalogEntrySchema>;
export const catalogReplySchema = z.object({ collectors: z.array(catalogEntrySchema) }).meta({ id: 'CatalogReply' });
export type CatalogReply = z.infer<typeof catalogReplySchema>;

/** `GET /health/ready`: what is up, each by name. */
export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    dependencies: z.record(z.string(), z.object({ up: z.boolean(), reason: z.string().nullable() })),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readinessSchema>;
