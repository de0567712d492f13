export { startTestNats, startTestPostgres, type TestNats, type TestServer } from './servers.ts';
