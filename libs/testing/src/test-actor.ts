import type { Actor } from '@perfwatch/contract';

/** Who asks for changes in tests. */
export const TEST_ACTOR: Actor = {
  userId: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11',
  username: 'tester',
  apiTokenId: null,
  address: '192.0.2.1',
};
