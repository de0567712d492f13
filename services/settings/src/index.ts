export { settingsService } from './settings-service.ts';
