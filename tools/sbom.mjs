// Part of `npm run build`: writes the software bill of materials of what runs (no development packages), CycloneDX 1.5, into dist.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const file = path.resolve(process.argv[2] ?? path.join(root, 'dist/sbom.cdx.json'));
const args = ['sbom', '--sbom-format=cyclonedx', '--omit=dev'];
const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
if (status === 0) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, stdout);
  console.log(`Bill of materials: ${path.relative(process.cwd(), file)}, ${JSON.parse(stdout).components.length} packages`);
} else {
  console.error(`The bill of materials cannot be made: ${stderr.trim()}`);
  process.exitCode = 1;
}
