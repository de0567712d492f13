export { SERVICES, type ProcessName, type ServiceEntry } from './services.ts';
export { V8_OPTIONS } from './v8-options.ts';
