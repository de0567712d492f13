import type { PerfwatchConfig } from '@perfwatch/service-kit';
import { Instance, type InstanceOptions } from './instance.ts';

export type UpOptions = InstanceOptions;

/** What a person needs to know once everything runs. */
function summary(instance: Instance, config: PerfwatchConfig): string {
  const { administrator } = instance;
  const lines = [`Dashboard  ${instance.dashboardUrl}`, `NATS       ${instance.natsUrl}`, `Data       ${config.dataDir}`];
  if (administrator !== null && administrator.generatedPassword !== null) {
    lines.push(`Log in as  ${administrator.username}`, `Password   ${administrator.generatedPassword}   (shown this once)`);
  }
  return ['', 'PerfWatch is running. Ctrl-C stops it.', '', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

/** Runs PerfWatch on this machine until a stop is requested. Throws when it cannot start; nothing is left running then. */
export async function up(options: UpOptions): Promise<void> {
  const { config, stopRequests, progress } = options;
  const instance = new Instance(options);
  try {
    await instance.start();
  } catch (error) {
    await instance.stop();
    if (stopRequests.stopping.aborted) return;
    throw error;
  }
  if (!stopRequests.stopping.aborted) {
    progress(summary(instance, config));
    if (instance.administrator?.generatedPassword) await forgetShownPassword(config);
    await stopRequests.requested();
  }
  progress('Stopping ...');
  await instance.stop();
  progress('Stopped.');
}

async function forgetShownPassword(config: PerfwatchConfig): Promise<void> {
  const { forgetInitialPassword } = await import('@perfwatch/auth');
  await forgetInitialPassword(config);
}
