import { spawn } from 'node:child_process';
import path from 'node:path';

export interface ClientRun {
  /** Called when the clients have settled and measuring begins. */
  onMeasuring?: () => void;
  args: readonly string[];
  input?: string;
}

/** Runs one of the client programs beside this file; resolves to the latencies in ms that it prints. */
export function runClients(program: string, { args, input, onMeasuring }: ClientRun): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, program), ...args], { stdio: 'pipe' });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
      if (chunk.includes('measuring')) onMeasuring?.();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as number[]);
      else reject(new Error(`${program} ended with ${code}: ${errors}`));
    });
    child.stdin.end(input);
  });
}
