import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Certificate } from '../../adapters/cms/certificate.ts';
import { ownRoots } from '../../adapters/evidence/own-roots.ts';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { verifyPackage, type EvidenceSummary, type EvidenceVerdict } from '../../functions/evidence/verify-package.ts';
import type { EvidenceFault } from '../../schemas/evidence.ts';
import type { Command, CommandIo } from '../command.ts';
import { readTrust } from '../read-trust.ts';

const usage = 'PACKAGE.zip [--trust CA.pem] [--json]';

/** `onetrack verify`: checks an evidence package offline. Without `--trust` it can only say whether the package agrees with itself, and refuses. */
export const verifyCommand: Command = {
  name: 'verify',
  usage,
  summary: 'check an evidence package offline, against the certificates of authorities that you trust',
  run: (args, io) => {
    const input = readInput(args, io);
    if (typeof input === 'string') {
      io.stderr(`onetrack verify: ${input}\nusage: onetrack verify ${usage}\n`);
      return Promise.resolve(2);
    }
    const verdict = judge(input.archive, input.anchors);
    io.stdout(input.json ? `${JSON.stringify(verdict, null, 2)}\n` : `${report(verdict).join('\n')}\n`);
    return Promise.resolve(verdict.ok ? 0 : 1);
  },
};

interface Input {
  archive: Uint8Array;
  anchors: Certificate[] | undefined;
  json: boolean;
}

/** What was asked for, or what is wrong with the command line. */
function readInput(args: string[], io: CommandIo): Input | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { trust: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [path, second] = positionals;
    if (path === undefined || second !== undefined) return `expected one package, got ${positionals.length}`;
    const archive = new Uint8Array(readFileSync(resolve(io.cwd, path)));
    const { trust, json = false } = values;
    return { archive, anchors: trust === undefined ? undefined : readTrust(resolve(io.cwd, trust)), json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function judge(archive: Uint8Array, anchors: Certificate[] | undefined): EvidenceVerdict {
  if (anchors) return verifyPackage(archive, createEvidenceTools(anchors));
  const unpacked = createEvidenceTools([]).unpack(archive);
  const roots = unpacked.ok ? ownRoots(unpacked.files) : [];
  const verdict = verifyPackage(archive, createEvidenceTools(roots));
  return verdict.ok ? { ok: false, faults: [originNotChecked] } : verdict;
}

const originNotChecked: EvidenceFault = {
  place: '--trust',
  fault: 'origin-not-checked',
  expected: 'certificates of authorities that you trust, obtained elsewhere than from the package',
  found: 'none: the package agrees with itself, which anybody can bring about; its origin was NOT checked',
};

function report(verdict: EvidenceVerdict): string[] {
  return verdict.ok ? holds(verdict.summary) : refused(verdict.faults);
}

function refused([first, ...others]: readonly EvidenceFault[]): string[] {
  if (!first) return ['REFUSED'];
  const more = others.map(({ place, fault }) => `  also     ${place}: ${fault}`);
  return [
    `REFUSED  ${first.place}: ${first.fault}`,
    `  expected ${first.expected}`,
    `  found    ${first.found}`,
    ...more.slice(0, 20),
    ...(more.length > 20 ? [`  and ${more.length - 20} more`] : []),
  ];
}

function holds(summary: EvidenceSummary): string[] {
  const { timestamps, head, results } = summary;
  const rows: [string, string][] = [
    ['manifest', `${summary.files} files, made ${summary.created}`],
    ['record', `${summary.events} events, last ${head.seq} ${head.hash}`],
    ['keys', summary.recordKeys.join('; ')],
    [
      'history',
      `${summary.status}${summary.result === null ? '' : `, ${summary.result}`}; every transition and decision legal`,
    ],
    ['definition', `${summary.procedure} and its machine`],
    ['time-stamps', `${timestamps.tokens} by ${timestamps.authorities.join('; ')}`],
    ['', `${timestamps.first ?? ''} to ${timestamps.last ?? ''}, at most ${timestamps.longestLag} s after the event`],
    ['secrets', summary.erased ? 'erased: the key was destroyed' : `${summary.secrets} opened`],
    ['documents', summary.erased ? 'erased: the key was destroyed' : `${summary.documents}, as the events say`],
    ...summary.instead.map((said): [string, string] => ['instead', said]),
    ...summary.reused.map((said): [string, string] => ['from', said]),
    ...results.flatMap(({ path, signers, affected, numbered, sent }): [string, string][] => [
      ['signed', `${path}: ${signers.join(', ')}`],
      ...[...numbered, ...sent, ...affected].map((said): [string, string] => ['', said]),
    ]),
    [
      'revocation',
      summary.revocationLists === 0
        ? 'no list in the package: ask the authority'
        : `${summary.revocationLists} lists, no key revoked`,
    ],
  ];
  return [`HOLDS    dossier ${summary.dossier}`, ...rows.map(([what, said]) => `  ${what.padEnd(12)} ${said}`)];
}
