import { spawnSync } from 'node:child_process';

const lockLimitSeconds = 120;

/** Debian's packages are installed when a program is missing and we may; their own services are not started. */
export function requirePrograms(programs: readonly string[], packages: readonly string[]): void {
  if (missingOf(programs).length === 0) return;
  if (process.getuid?.() === 0) {
    const quietly = ['RUNLEVEL=1', 'DEBIAN_FRONTEND=noninteractive'];
    const apt = ['apt-get', '-o', `DPkg::Lock::Timeout=${lockLimitSeconds}`];
    spawnSync('env', [...quietly, ...apt, 'update'], { stdio: 'ignore' });
    const install = [...apt, 'install', '-y', '--no-install-recommends', ...packages];
    spawnSync('env', [...quietly, ...install], { stdio: 'ignore' });
  }
  const missing = missingOf(programs);
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')} is missing: install Debian's ${packages.join(' ')}.`);
}

function missingOf(programs: readonly string[]): string[] {
  return programs.filter((program) => spawnSync('which', [program]).status !== 0);
}
