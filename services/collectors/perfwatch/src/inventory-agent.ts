import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { subjects, type Inventory } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { z } from 'zod';
import { surveyHardware, type HardwareSurvey } from './hardware-survey.ts';
import { MachineFiles } from './machine-files.ts';
import { readMachineFacts, type MachineFacts } from './read-inventory.ts';

const FIRST_GAP_MS = 1000;
const EVERY_MS = 60_000;

/** The version in this package's package.json: all packages of PerfWatch share one. */
function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** The facts, with what the survey knows beyond them. */
export function withSurvey(facts: MachineFacts, survey: HardwareSurvey): MachineFacts {
  const { cpu, disks } = facts;
  return {
    ...facts,
    virtualization: facts.virtualization ?? survey.virtualization,
    cpu: {
      ...cpu,
      model: cpu?.model ?? survey.cpuModel,
      vendor: cpu?.vendor ?? survey.cpuVendor,
      max_mhz: cpu?.max_mhz ?? survey.cpuMaxMhz,
    },
    disks: (disks ?? []).map((disk) => ({ ...disk, model: disk.model ?? survey.diskModels.get(disk.name) ?? null })),
  };
}

/**
 * Publishes what this machine is: at start, after 1, 2, 4 ... seconds, because who keeps it may start later, and then every minute.
 * Only a machine whose own trees are read is surveyed: systeminformation looks nowhere else.
 */
export class InventoryAgent {
  readonly #context: ServiceContext;
  readonly #files: MachineFiles;
  readonly #isOwnRoot: boolean;
  readonly #version = readVersion();
  readonly #stopping = new AbortController();
  readonly #publishing: Promise<void>;
  #survey: HardwareSurvey | null = null;

  constructor(context: ServiceContext) {
    this.#context = context;
    const { procRoot, sysRoot, rootRoot } = context.config;
    this.#files = new MachineFiles({ procRoot, sysRoot, rootRoot });
    this.#isOwnRoot = procRoot === '/proc' && sysRoot === '/sys' && rootRoot === '/';
    this.#publishing = this.#publishAgainAndAgain();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#publishing;
  }

  async #publishAgainAndAgain(): Promise<void> {
    const { signal } = this.#stopping;
    for (let gapMs = FIRST_GAP_MS; !signal.aborted; gapMs = Math.min(gapMs * 2, EVERY_MS)) {
      try {
        const { hostId } = this.#context.config;
        this.#context.bus.publish(subjects.host(hostId), await this.#read());
      } catch (error) {
        this.#context.log.error({ err: error }, 'cannot read what this machine is');
      }
      if (gapMs === FIRST_GAP_MS && this.#isOwnRoot) await this.#takeSurvey();
      await delay(gapMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #read(): Promise<Inventory> {
    const facts = await readMachineFacts(this.#files, { isOwnRoot: this.#isOwnRoot });
    return {
      host: this.#context.config.hostId,
      ts: new Date().toISOString(),
      ...(this.#survey === null ? facts : withSurvey(facts, this.#survey)),
      perfwatch_version: this.#version,
    };
  }

  /** The files alone make an inventory too, so a survey that fails is only noted. */
  async #takeSurvey(): Promise<void> {
    try {
      this.#survey = await surveyHardware();
    } catch (error) {
      this.#context.log.debug({ err: error }, 'no hardware survey');
    }
  }
}
