import { z } from 'zod';
import { newPasswordSchema, roleSchema, usernameSchema } from './http.ts';

/** A user without what nobody needs to see. */
export const userRecordSchema = z
  .object({ id: z.uuid(), username: usernameSchema, role: roleSchema, created_at: z.iso.datetime() })
  .meta({ id: 'User' });
export type UserRecord = z.infer<typeof userRecordSchema>;

/** `GET /api/users`, by name. */
export const usersReplySchema = z.object({ users: z.array(userRecordSchema) }).meta({ id: 'UsersReply' });
export type UsersReply = z.infer<typeof usersReplySchema>;

/** Body of `POST /api/users`. */
export const newUserSchema = z
  .strictObject({ username: usernameSchema, password: newPasswordSchema, role: roleSchema.default('viewer') })
  .meta({ id: 'NewUser' });
export type NewUserRequest = z.infer<typeof newUserSchema>;

/** Body of `PATCH /api/users/:id`. Either ends every session of the user. */
export const userUpdateSchema = z
  .strictObject({ role: roleSchema.optional(), password: newPasswordSchema.optional() })
  .refine(({ role, password }) => role !== undefined || password !== undefined, 'give role, password or both')
  .meta({ id: 'UserUpdate' });
export type UserUpdate = z.infer<typeof userUpdateSchema>;
