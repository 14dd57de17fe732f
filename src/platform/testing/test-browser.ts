import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const program = '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--force-color-profile=srgb',
];
const launchLimitMs = 30_000;

/** Debian's Chromium, without a window and with a profile of its own that is gone afterwards. */
export function startBrowser(): Promise<Browser> {
  requirePackages();
  return chromium.launch({ executablePath: program, args: quiet, timeout: launchLimitMs });
}

/** Debian's packages are installed when they are missing and we may; without the fonts Chinese is drawn as boxes. */
function requirePackages(): void {
  if (isInstalled()) return;
  if (process.getuid?.() === 0) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    const packages = ['chromium', 'fonts-noto-cjk'];
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
    spawnSync('env', ['DEBIAN_FRONTEND=noninteractive', ...install], { stdio: 'ignore' });
  }
  if (!isInstalled()) {
    throw new Error('The tests need Debian’s packages chromium and fonts-noto-cjk: install them.');
  }
}

function isInstalled(): boolean {
  const fonts = spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' }).stdout ?? '';
  return existsSync(program) && fonts.trim() !== '';
}
