import { z } from 'zod';

/** What the launcher tells a service process, over the IPC channel: no secret ever stands in an argument. */
export const launcherMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    services: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
    /** Migrate and make the first administrator before the services start; fail rather than wait for the database. */
    isFirstStart: z.boolean(),
  }),
  z.object({ type: z.literal('stop') }),
]);
export type LauncherMessage = z.infer<typeof launcherMessageSchema>;

const administratorSchema = z.object({ username: z.string(), generatedPassword: z.string().nullable() });

/** What a service process tells the launcher. */
export const serviceProcessMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), administrator: administratorSchema.nullable() }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
]);
export type ServiceProcessMessage = z.infer<typeof serviceProcessMessageSchema>;
export type Administrator = z.infer<typeof administratorSchema>;
