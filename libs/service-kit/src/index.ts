export type { PerfwatchConfig } from './config.ts';
export { LOG_LEVELS, type Logger, type LogLevel } from './logging.ts';
export { defineService, type RunningService, type ServiceContext, type ServiceDefinition, type ServiceHealth } from './service.ts';
