export { openStore, type OpenStoreOptions } from './open-store.ts';
export type { StoreLog } from './log.ts';
export { sqlStateOf } from './query-error.ts';
export type { Queryable, Store, StoreState } from './store.ts';
export type { SettingRepository } from './setting-repository.ts';
export type { NewUser, PasswordReplacement, User, UserRepository } from './user-repository.ts';
