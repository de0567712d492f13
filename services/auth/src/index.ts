export { authService } from './auth-service.ts';
export {
  ensureFirstAdministrator,
  forgetInitialPassword,
  type FirstAdministrator,
  type FirstAdministratorOptions,
} from './first-administrator.ts';
export { generatePassword } from './generate-password.ts';
export { BCRYPT_COST, hashPassword } from './password-hash.ts';
export { rotateSigningKey, type RotateSigningKeyOptions } from './signing-key.ts';
export { addUser, listUsers, removeUser, setPassword, setRole, type UserAccount } from './user-accounts.ts';
