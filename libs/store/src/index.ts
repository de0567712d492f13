export type { Queryable, Store, StoreState } from './store.ts';
export type { SettingRepository } from './setting-repository.ts';
export type { User, UserRepository } from './user-repository.ts';
