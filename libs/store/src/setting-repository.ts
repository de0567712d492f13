/** Settings as JSON documents by key. */
export interface SettingRepository {
  get(key: string): Promise<{ value: unknown; updatedAt: Date } | null>;
  /** Stores `value` only while the key is absent; returns what is there afterwards. */
  initialize(key: string, value: unknown): Promise<{ value: unknown; updatedAt: Date }>;
  /** Replaces the document by what `change` makes of it, under a row lock; returns the new one. */
  update(key: string, change: (current: unknown) => unknown): Promise<{ value: unknown; updatedAt: Date }>;
}
