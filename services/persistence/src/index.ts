export { persistenceService } from './persistence-service.ts';
