import { z } from 'zod';
import { MAX_TOKEN_DAYS } from './roles.ts';
import { tokenScopeSchema, usernameSchema } from './http.ts';

const nameSchema = z.string().trim().min(1, 'must not be empty').max(100).describe('What it is for');

/** An API token without its secret. */
export const apiTokenSchema = z
  .object({
    id: z.uuid(),
    name: nameSchema,
    scope: tokenScopeSchema,
    user_id: z.uuid().describe('Its owner: it may never more than they'),
    username: usernameSchema,
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable().describe('Null: never'),
    last_used_at: z.iso.datetime().nullable().describe('To the minute; null when it never was'),
  })
  .meta({ id: 'ApiToken' });
export type ApiTokenRecord = z.infer<typeof apiTokenSchema>;

/** `GET /api/tokens`, newest first. */
export const apiTokensReplySchema = z.object({ tokens: z.array(apiTokenSchema) }).meta({ id: 'ApiTokensReply' });
export type ApiTokensReply = z.infer<typeof apiTokensReplySchema>;

/** Body of `POST /api/tokens`. */
export const newApiTokenSchema = z
  .strictObject({
    name: nameSchema,
    scope: tokenScopeSchema,
    expires_in_days: z.number().int().min(1).max(MAX_TOKEN_DAYS).nullable().describe('Null, said on purpose: it never expires'),
    user_id: z.uuid().optional().describe('Its owner; whoever asks where absent'),
  })
  .meta({ id: 'NewApiToken' });
export type NewApiToken = z.infer<typeof newApiTokenSchema>;

/** `POST /api/tokens`: the one time that the token itself is told. */
export const createdApiTokenSchema = apiTokenSchema.extend({ token: z.string() }).meta({ id: 'CreatedApiToken' });
export type CreatedApiToken = z.infer<typeof createdApiTokenSchema>;
