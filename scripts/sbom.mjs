// `npm run sbom`: writes `build/sbom.cdx.json`, CycloneDX of what the lockfile fixes for running (not for building and testing), by npm itself.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { status, stdout, stderr } = spawnSync(
  'npm',
  ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev'],
  { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000, shell: process.platform === 'win32' },
);
if (status !== 0) {
  process.stderr.write(`sbom: npm sbom ended with ${status}: ${stderr.slice(0, 500)}\n`);
  process.exit(1);
}
const bom = JSON.parse(stdout);
// npm names the root after its folder.
bom.metadata.component = { ...bom.metadata.component, name, version };
const file = join(root, 'build', 'sbom.cdx.json');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
process.stdout.write(
  `sbom: ${bom.components.length} components in build/sbom.cdx.json (CycloneDX ${bom.specVersion})\n`,
);
