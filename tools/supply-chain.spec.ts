import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '..');
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
/** What PerfWatch is made for; the scripts of packages for anything else never run. */
const PLATFORM = { os: 'linux', cpus: ['x64', 'arm64'] };

const versionsSchema = z.record(z.string(), z.string()).default({});
const manifestSchema = z.object({
  dependencies: versionsSchema,
  devDependencies: versionsSchema,
  optionalDependencies: versionsSchema,
  workspaces: z.array(z.string()).default([]),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
  scripts: versionsSchema,
});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().default(false),
      inBundle: z.boolean().default(false),
      hasInstallScript: z.boolean().default(false),
      os: z.array(z.string()).optional(),
      cpu: z.array(z.string()).optional(),
    }),
  ),
});

const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const manifest = manifestSchema.parse(read('package.json'));
const installed = Object.entries(lockSchema.parse(read('package-lock.json')).packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && !link,
);
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

function workspaces(): string[] {
  return manifest.workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(ROOT, pattern.slice(0, -2)), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => join(pattern.slice(0, -2), name))
      : [pattern],
  );
}

describe('the packages that PerfWatch is made of', () => {
  it('are named with an exact version', () => {
    const loose = ['', ...workspaces()].flatMap((folder) => {
      const { dependencies, devDependencies, optionalDependencies } = manifestSchema.parse(read(join(folder, 'package.json')));
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([name, version]) => !name.startsWith('@perfwatch/') && !EXACT.test(version))
        .map(([name, version]) => `${folder}: ${name} ${version}`);
    });
    expect(loose).toEqual([]);
  });

  it('are locked by the hash of their contents', () => {
    expect(installed.length).toBeGreaterThan(500);
    const unlocked = installed.filter(([, { integrity, inBundle }]) => !inBundle && !/^sha512-/.test(integrity ?? ''));
    expect(unlocked.map(([path]) => path)).toEqual([]);
  });

  it('run install scripts only where these are listed, and no script is listed that there is not', () => {
    const withScripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    const here = withScripts.filter(
      ([, { os, cpu }]) => (os?.includes(PLATFORM.os) ?? true) && (cpu?.some((one) => PLATFORM.cpus.includes(one)) ?? true),
    );
    const names = [...new Set(here.map(([path]) => nameOf(path)))].toSorted();
    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual(names);
  });

  it('have a bill of materials that the build writes', { timeout: 60_000 }, () => {
    expect(manifest.scripts['build']).toContain('node tools/sbom.mjs');
    const folder = mkdtempSync(join(tmpdir(), 'perfwatch-sbom-'));
    try {
      const file = join(folder, 'sbom.cdx.json');
      execFileSync(process.execPath, [join(ROOT, 'tools/sbom.mjs'), file], { stdio: 'ignore' });
      const bill = z
        .object({ bomFormat: z.literal('CycloneDX'), components: z.array(z.object({ name: z.string(), version: z.string() })) })
        .parse(JSON.parse(readFileSync(file, 'utf8')));
      const versions = new Map(bill.components.map(({ name, version }) => [name, version]));
      const locked = new Map(installed.map(([path, { version }]) => [path, version]));
      for (const name of ['fastify', 'socket.io', 'bcrypt', 'moleculer', 'typeorm'])
        expect([name, versions.get(name)]).toEqual([name, locked.get(`node_modules/${name}`)]);
      expect(versions.has('vitest')).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
