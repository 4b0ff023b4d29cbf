// `npm run audit [-- --required]`: what is locked is fixed by digest, comes from the registry and runs no scripts but the known ones; and, where the
// advisory service can be reached, nothing that runs has a known fault of severity high or worse. Where it cannot, that part is skipped in one line,
// so that a clone without a network stays green; with --required the exit code is then 2, as that of faults is 1.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Packages with install scripts; all are for building and testing, and need none of what they run. */
const SCRIPTED = ['@parcel/watcher', 'esbuild', 'unrs-resolver'];

const UNASKED = 2;

/** What is wrong with the lockfile. */
export function lockFaults({ packages }) {
  return Object.entries(packages).flatMap(([path, { integrity, inBundle, resolved, hasInstallScript, dev }]) => {
    if (path === '') return [];
    const name = path.replace(/^.*node_modules\//, '');
    return [
      !integrity?.startsWith('sha512-') && !inBundle && `${path}: expected a sha512 digest`,
      resolved !== undefined &&
        !resolved.startsWith('https://registry.npmjs.org/') &&
        `${path}: expected the registry, got ${resolved}`,
      hasInstallScript && !(dev && SCRIPTED.includes(name)) && `${path}: expected no install script`,
    ].filter((fault) => fault !== false && fault !== undefined);
  });
}

/** What the advisory service says: faults, or why it said nothing. */
export function advisories(answer) {
  let report;
  try {
    report = JSON.parse(answer);
  } catch {
    return { skipped: 'no answer' };
  }
  if (report.vulnerabilities === undefined)
    return { skipped: String(report.message ?? report.error?.summary ?? 'no answer').slice(0, 60) };
  const faults = Object.values(report.vulnerabilities)
    .filter(({ severity }) => severity === 'high' || severity === 'critical')
    .map(({ name, severity, range }) => `${name} ${range}: ${severity}`);
  return { faults };
}

function main() {
  const faults = lockFaults(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const { stdout } = spawnSync(
    'npm',
    ['audit', '--audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=15000'],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      shell: process.platform === 'win32',
    },
  );
  const told = advisories(stdout ?? '');
  faults.push(...(told.faults ?? []));
  const service =
    told.skipped === undefined
      ? 'no known fault of high severity'
      : `advisories skipped, the service cannot be asked (${told.skipped})`;
  if (faults.length > 0) {
    process.stderr.write(`audit: ${faults.length} faults\n${faults.join('\n')}\n`);
    process.exit(1);
  }
  process.stdout.write(`audit: every locked package is fixed by its digest; ${service}\n`);
  if (told.skipped !== undefined && process.argv.includes('--required')) process.exit(UNASKED);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
