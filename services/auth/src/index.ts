export { authService } from './auth-service.ts';
export {
  ensureFirstAdministrator,
  forgetInitialPassword,
  type FirstAdministrator,
  type FirstAdministratorOptions,
} from './first-administrator.ts';
export { generatePassword } from './generate-password.ts';
export { addUser, listUsers, setPassword, type UserAccount } from './user-accounts.ts';
