export { historyService } from './history-service.ts';
