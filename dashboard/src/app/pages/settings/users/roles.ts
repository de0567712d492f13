import type { Role } from '@perfwatch/contract';

/** Roles as they are chosen. */
export const ROLE_CHOICES: readonly { role: Role; title: string }[] = [
  { role: 'viewer', title: 'Viewer' },
  { role: 'admin', title: 'Administrator' },
];
