// Installs the locked dependencies when the checkout lacks them or has others, so that one command works in a fresh clone, after a pull and
// after an interrupted install; then makes sure that the script that follows will find Node 24.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');

/** npm writes node_modules/.package-lock.json last: without it an install never ended, and what it names is what lies there. */
function isInstalled() {
  const installedLock = join(modules, '.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const { packages: installed } = JSON.parse(readFileSync(installedLock, 'utf8'));
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(locked).every(([path, { version, optional }]) => {
    if (path === '') return true;
    // Optional packages of other platforms are never installed.
    return installed[path] === undefined ? optional === true : installed[path].version === version;
  });
}

function install() {
  process.stderr.write('Installing dependencies (once) ...\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!isInstalled()) install();

const hasNode = ['node', 'node.cmd'].some((name) => existsSync(join(modules, '.bin', name)));
if (!hasNode && Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `Onetrack needs Node 24; this is ${process.version}, and no node package exists for ${process.platform} ${process.arch}: install Node 24 from nodejs.org.\n`,
  );
  process.exit(1);
}
