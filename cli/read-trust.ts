import { readFileSync } from 'node:fs';
import { type Certificate, readPem } from '../adapters/cms/certificate.ts';

/** The authorities of `--trust`. Text alone: a package holds certificates in plain, and trusting those would be trusting whoever made it. */
export function readTrust(path: string): Certificate[] {
  const text = readFileSync(path, 'utf8');
  if (text.includes('\0')) throw new Error(`--trust ${path}: expected PEM, got a binary file`);
  return readPem(text);
}
