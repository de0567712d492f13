import { flushCompileCache } from 'node:module';
import { endProcess } from './end-process.ts';
import { runServiceProcess } from './service-process.ts';

/** After this long whatever still keeps the process from ending is not waited for. */
const STOP_DEADLINE_MS = 15_000;

const [name = 'services'] = process.argv.slice(2);

runServiceProcess({
  name,
  onMessage: (listener) => process.on('message', listener),
  onLauncherGone: (listener) =>
    process.once('disconnect', () => {
      setTimeout(() => endProcess(1), STOP_DEADLINE_MS).unref();
      listener();
    }),
  send: (message) => {
    if (process.connected) process.send?.(message);
    // Now rather than at the end, which a kill -9 would take away.
    if (message.type === 'ready') flushCompileCache();
  },
  exit: endProcess,
});
