import type { Role } from '@perfwatch/contract';

export interface User {
  id: string;
  username: string;
  passwordHash: string;
  role: Role;
  /** Rises whenever all of the user's tokens end; a token carries the version it was made under. */
  tokenVersion: number;
  createdAt: Date;
}

export interface UserRepository {
  count(): Promise<number>;
  list(): Promise<User[]>;
  findById(id: string): Promise<User | null>;
  /** Case-insensitive. */
  findByUsername(username: string): Promise<User | null>;
  /** Throws PerfwatchError('conflict') when the name is taken. */
  create(user: { username: string; passwordHash: string; role: Role }): Promise<User>;
  /** Makes the user only while there is none at all (safe with several replicas); null when there was one. */
  createFirst(user: { username: string; passwordHash: string; role: Role }): Promise<User | null>;
  /** Sets the password and raises the token version; returns the user as it is now, null when it is gone. */
  changePassword(id: string, passwordHash: string): Promise<User | null>;
  /** Ends one token by its id (jti) until it would have expired anyway. */
  revokeToken(tokenId: string, expiresAt: Date): Promise<void>;
  isTokenRevoked(tokenId: string): Promise<boolean>;
}
