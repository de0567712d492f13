import { createLogger } from '@perfwatch/service-kit';
import { openStore } from '@perfwatch/store';
import { Sealer } from '../src/sealing/sealer.ts';

/** Seals and drops everything there is, again and again, until it is killed: `node sealing-process.ts <database URL> <now in ms>` */
const [url = '', nowMs = '0'] = process.argv.slice(2);
const log = createLogger({ level: 'error', name: 'sealing', pretty: false });
const store = await openStore({ url, log });
const delays = { settleMs: 0, lateMs: 0, dropMs: 0 };
const sealer = new Sealer({ store, log, delays, signal: new AbortController().signal });
process.stdout.write('sealing\n');
for (;;) await sealer.round({ nowMs: Number(nowMs) });
