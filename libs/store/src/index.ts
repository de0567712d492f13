export { openStore, type OpenStoreOptions } from './open-store.ts';
export type { StoreLog } from './log.ts';
export { sqlStateOf } from './query-error.ts';
export type { Queryable, Repositories, Store, StoreState, TransactionOptions } from './store.ts';
export type { SettingRepository } from './setting-repository.ts';
export {
  SESSION_IDLE_MS,
  type LoginSession,
  type NewLoginSession,
  type RefreshFamily,
  type RefreshHashes,
  type Rotation,
  type SessionRepository,
} from './session-repository.ts';
export type { AuditEventRepository, NewAuditEvent, StoredAuditEvent } from './audit-event-repository.ts';
export type { ApiToken, ApiTokenRepository, NewApiTokenRow } from './api-token-repository.ts';
export type { BegunTry, FailureBound, LoginFailureRepository } from './login-failure-repository.ts';
export type { AccountChange, NewUser, PasswordReplacement, User, UserRepository } from './user-repository.ts';
export { SegmentError } from './segments/segment-error.ts';
export type { Column, EncodedSegment, StoredSample } from './segments/stored-sample.ts';
export { RawSegment } from './segments/raw-segment.ts';
export { RawSegmentBuilder } from './segments/raw-segment-builder.ts';
export { RollUp, type RollUpStats } from './segments/roll-up.ts';
export { RollUpBuilder, replaceBuckets } from './segments/roll-up-builder.ts';
export {
  createPartition,
  listPartitions,
  PARTITION_LOCK,
  PARTITION_MS,
  partitionName,
  partitionStart,
  partitionStartOf,
} from './sample-partitions.ts';
