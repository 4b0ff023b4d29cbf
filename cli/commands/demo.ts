import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyPackage } from '../../functions/evidence/verify-package.ts';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { readPem } from '../../adapters/cms/certificate.ts';
import { verifyPdf, type PdfVerdict } from '../../adapters/pdf/verify-pdf.ts';
import type { Command, CommandIo } from '../command.ts';
import { type StoryEnd, tellStory, type Told } from '../demo/story.ts';

/** `onetrack demo`: one real dossier from submission to verified result, over HTTP, with the server killed on the way. */
export const demoCommand: Command = {
  name: 'demo',
  usage: '[--data DIR] [--json]',
  summary: 'one real dossier from submission to verified result, then exit',
  async run(args, io) {
    const options = readOptions(args, io);
    if (!options) return 2;
    const started = performance.now();
    const told: Told[] = [];
    const tell = (what: string): void => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      told.push({ at: `${seconds} s`, what });
      if (!options.json) io.stdout(`${`${seconds} s`.padStart(7)}  ${what}\n`);
    };
    const end = await tellStory({ dir: options.dir, port: 0, tell });
    const ca = readFileSync(end.ca, 'utf8');
    const pdf = verifyPdf(new Uint8Array(readFileSync(end.result)), { anchors: readPem(ca) });
    const evidence = verifyPackage(new Uint8Array(readFileSync(end.evidence)), createEvidenceTools(readPem(ca)));
    const ok = pdf.valid && evidence.ok;
    io.stdout(
      options.json
        ? `${JSON.stringify({ ok, ...end, timeline: told, pdf: pdf.signatures, evidence })}\n`
        : ending(end, {
            pdf,
            evidence: evidence.ok ? 'every check holds' : JSON.stringify(evidence.faults[0]),
            seconds: (performance.now() - started) / 1000,
          }),
    );
    return ok ? 0 : 1;
  },
};

function readOptions(args: string[], io: CommandIo): { dir: string; json: boolean } | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    return {
      dir: values.data === undefined ? mkdtempSync(join(tmpdir(), 'onetrack-demo-')) : resolve(io.cwd, values.data),
      json: values.json,
    };
  } catch (error) {
    io.stderr(
      `onetrack demo: ${error instanceof Error ? error.message : String(error)}\nusage: onetrack demo ${demoCommand.usage}\n`,
    );
    return undefined;
  }
}

function ending(end: StoryEnd, verdict: { pdf: PdfVerdict; evidence: string; seconds: number }): string {
  const signatures = verdict.pdf.signatures.map(
    ({ field, signer, valid, timestamp }) =>
      `    ${valid ? 'valid  ' : 'INVALID'}  ${field}: ${signer?.name ?? 'unknown'}${timestamp === undefined ? '' : `, time-stamped ${new Date(timestamp).toISOString()}`}`,
  );
  return `
Verified in ${verdict.seconds.toFixed(1)} s, offline, against ${end.ca}:
  signatures of the certificate
${signatures.join('\n')}
  evidence package: ${verdict.evidence}

  certificate  ${end.result}
  evidence     ${end.evidence}
  authority    ${end.ca}

Check it yourself:  npm run -s onetrack -- verify ${end.evidence} --trust ${end.ca}
`;
}
