export { SERVICES, type ProcessName, type ServiceEntry } from './services.ts';
