import { spawnSync } from 'node:child_process';

/** Programs of the distribution that tests run, by the Debian package that has them. */
const PROGRAMS = [
  { program: 'chromium', packageName: 'chromium', needed: 'end-to-end tests' },
  { program: 'nats-server', packageName: 'nats-server', needed: 'integration tests' },
  { program: 'mpstat', packageName: 'sysstat', needed: 'cross-checks against mpstat, iostat and sar' },
  { program: 'free', packageName: 'procps', needed: 'cross-checks against free and vmstat' },
  { program: 'ss', packageName: 'iproute2', needed: 'cross-checks against ss' },
  { program: 'perf', packageName: 'linux-perf', needed: 'cross-checks against perf stat' },
  { program: 'setpriv', packageName: 'util-linux', needed: 'tests as an ordinary user' },
  { program: 'faketime', packageName: 'faketime', needed: 'tests with a clock that steps' },
  { program: 'python3', packageName: 'python3-minimal', needed: 'the example collectors' },
  { program: 'prometheus', packageName: 'prometheus', needed: 'scraping /metrics' },
  { program: 'zstd', packageName: 'zstd', needed: 'reading a segment as docs/storage.md does' },
  { program: 'qemu-system-aarch64', packageName: 'qemu-system-arm', needed: 'tests with hardware counters' },
  { program: 'cpio', packageName: 'cpio', needed: 'tests with hardware counters' },
];

const isInstalled = ({ program }) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

function aptGet(...args) {
  const { status } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

const aptInstall = (...packages) => aptGet('install', '-y', '--no-install-recommends', ...packages);

/** Installs what tests need from the distribution, where this user may; says what stays missing. */
export function ensureTestPrograms() {
  const missing = PROGRAMS.filter((entry) => !isInstalled(entry));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ packageName }) => packageName))];
  if (process.getuid() === 0 && spawnSync('sh', ['-c', 'command -v apt-get']).status === 0) {
    console.log(`Installing ${packages.join(', ')} ...`);
    aptGet('update');
    // A package that this distribution does not have must not keep the others from being installed.
    if (!aptInstall(...packages)) for (const name of packages) aptInstall(name);
  }
  for (const entry of missing.filter((candidate) => !isInstalled(candidate))) {
    console.log(`${entry.program} is missing (${entry.needed}): install the package ${entry.packageName}`);
  }
}
