import { z } from 'zod';
import { AUDIT_ACTIONS, DEFAULT_AUDIT_PAGE, MAX_AUDIT_PAGE } from './audit-actions.ts';

/** Who asks for a change and from where, as the gateway saw it: goes along with every action that the audit trail tells of. */
export interface Actor {
  userId: string;
  /** At the time: users may be removed. */
  username: string;
  /** The API token that was used; null for a log-in. */
  apiTokenId: string | null;
  address: string;
}

const auditActionSchema = z.enum(AUDIT_ACTIONS);

export const auditEventSchema = z
  .object({
    id: z.number().int().describe('Rises with every event'),
    at: z.iso.datetime(),
    action: auditActionSchema,
    actor: z
      .object({ user_id: z.uuid(), username: z.string(), api_token_id: z.uuid().nullable().describe('Null for a log-in') })
      .nullable()
      .describe('Who did it, by the name of that time; null for a failed log-in and for the command line'),
    address: z.string().nullable().describe('Where the request came from; null for the command line, and for many addresses at once'),
    target: z.string().nullable().describe('What it was done to: a user, a token, a host'),
    details: z.record(z.string(), z.unknown()).describe('What was changed, without secrets'),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEventSchema>;

const integerText = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Query of `GET /api/audit`. */
export const auditQuerySchema = z.strictObject({
  limit: integerText(1, MAX_AUDIT_PAGE).default(DEFAULT_AUDIT_PAGE),
  before: integerText(1, Number.MAX_SAFE_INTEGER).optional().describe('`next` of the page before'),
  action: auditActionSchema.optional(),
  actor: z.string().min(1).max(64).optional().describe('User name of who did it'),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;

/** `GET /api/audit`, newest first. */
export const auditReplySchema = z
  .object({ events: z.array(auditEventSchema), next: z.number().int().nullable().describe('`before` of the next page; null on the last') })
  .meta({ id: 'AuditReply' });
export type AuditReply = z.infer<typeof auditReplySchema>;
