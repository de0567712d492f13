import { ApiTokens1764201600000 } from './api-tokens.ts';
import { AuditEvents1764248400000 } from './audit-events.ts';
import { CatalogsInOrder1764028800000 } from './catalogs-in-order.ts';
import { InitialSchema1763900000000 } from './initial-schema.ts';
import { LoginFailures1764244800000 } from './login-failures.ts';
import { SamplesAsTheyCame1764158400000 } from './samples-as-they-came.ts';
import { Segments1764115200000 } from './segments.ts';
import { Sessions1764241200000 } from './sessions.ts';
import { UserPreferences1764237600000 } from './user-preferences.ts';

/** Every migration, oldest first. One that has been released is never changed: a new one is added. */
export const MIGRATIONS = [
  InitialSchema1763900000000,
  CatalogsInOrder1764028800000,
  Segments1764115200000,
  SamplesAsTheyCame1764158400000,
  ApiTokens1764201600000,
  UserPreferences1764237600000,
  Sessions1764241200000,
  LoginFailures1764244800000,
  AuditEvents1764248400000,
];
