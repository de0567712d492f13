import { z } from 'zod';

/** A time in a query: ISO 8601, with or without a zone (then UTC). */
export const isoTimeSchema = z.iso.datetime({
  offset: true,
  local: true,
  error: 'must be an ISO 8601 time, such as 2026-11-23T19:20:31Z (UTC when no zone is given)',
});
