import { z } from 'zod';
import { subjectTokenSchema } from './subject.ts';

/** Far more collectors than a host has; with the length of a name it bounds what is stored of a user to 16 KiB. */
const MAX_PANELS = 100;
const MAX_WINDOW_SECONDS = 86_400;

const panelsSchema = z.array(subjectTokenSchema).max(MAX_PANELS, `must name at most ${MAX_PANELS} panels`);

/** How a user wants to see things: only what the user has ever chosen. Body of `PUT /api/auth/preferences`, which changes the keys it has. */
export const preferencesSchema = z
  .strictObject({
    theme: z.enum(['dark', 'light', 'system']).optional(),
    time_zone: z.enum(['local', 'utc']).optional(),
    window_seconds: z.number().int().min(1).max(MAX_WINDOW_SECONDS).optional().describe('Length of the time axis of the live page'),
    hidden_panels: panelsSchema.optional().describe('Collectors whose panels are not shown'),
    panel_order: panelsSchema.optional().describe('Collectors whose panels come first, in this order'),
    shortcuts: z.boolean().optional().describe('Whether single keys do something'),
    welcomed: z.boolean().optional().describe('Whether the user has seen or dismissed the welcome'),
  })
  .meta({ id: 'Preferences' });
export type UserPreferences = z.infer<typeof preferencesSchema>;

/** What of stored preferences is valid: another version may have stored others. */
export function knownPreferences(stored: Readonly<Record<string, unknown>>): UserPreferences {
  const known = Object.entries(preferencesSchema.shape).filter(([key, schema]) => key in stored && schema.safeParse(stored[key]).success);
  return preferencesSchema.parse(Object.fromEntries(known.map(([key]) => [key, stored[key]])));
}
