import { z } from 'zod';

const surveySchema = z.object({
  virtualHost: z.string().optional(),
  cpu: z.object({ brand: z.string(), manufacturer: z.string(), speedMax: z.number().nullable() }),
  disks: z.array(z.object({ device: z.string(), name: z.string(), type: z.string() })),
});

/** What takes child processes to find out: asked once for each start. Unknown is null. */
export interface HardwareSurvey {
  virtualization: string | null;
  cpuModel: string | null;
  cpuVendor: string | null;
  cpuMaxMhz: number | null;
  /** By name of the disk, such as `sda`. */
  diskModels: ReadonlyMap<string, string>;
}

const MHZ_PER_GHZ = 1000;
const known = (text: string | undefined): string | null => (text === undefined || text.trim() === '' ? null : text.trim());

/** Asks systeminformation, which is loaded here because nothing else needs it. Rejects when it gives what it does not document. */
export async function surveyHardware(): Promise<HardwareSurvey> {
  const { default: systeminformation } = await import('systeminformation');
  const [system, cpu, disks] = await Promise.all([systeminformation.system(), systeminformation.cpu(), systeminformation.diskLayout()]);
  const survey = surveySchema.parse({ virtualHost: system.virtualHost, cpu, disks });
  return {
    virtualization: known(survey.virtualHost),
    cpuModel: known(`${survey.cpu.manufacturer} ${survey.cpu.brand}`),
    cpuVendor: known(survey.cpu.manufacturer),
    cpuMaxMhz: survey.cpu.speedMax === null || survey.cpu.speedMax <= 0 ? null : survey.cpu.speedMax * MHZ_PER_GHZ,
    diskModels: new Map(survey.disks.map(({ device, name }) => [device.replace('/dev/', ''), name])),
  };
}
