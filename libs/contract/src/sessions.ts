import { z } from 'zod';

/** A log-in that goes on. */
export const sessionRecordSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['browser', 'program']).describe('A browser renews its log-in by itself; a program got one token'),
    client: z.string().nullable().describe('What it called itself at log-in, in short; null when it did not say'),
    address: z.string().describe('Where it logged in or last renewed its token from'),
    started_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().describe('To the minute'),
    expires_at: z.iso.datetime().describe('It ends then at the latest'),
    is_current: z.boolean().describe('The one that asks'),
  })
  .meta({ id: 'Session' });
export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** `GET /api/auth/sessions`: browsers first, then by last use, newest first; 200 at most. */
export const sessionsReplySchema = z.object({ sessions: z.array(sessionRecordSchema) }).meta({ id: 'SessionsReply' });
export type SessionsReply = z.infer<typeof sessionsReplySchema>;
