import { readPart } from '../../schemas/environment.ts';
import { certificatesIn } from './parameters.ts';

/** The certificates of the record key, for evidence packages. */
export function openRecordChain(): () => Promise<Uint8Array[]> {
  return certificatesIn(readPart('recordChain', process.env).ONETRACK_RECORD_CHAIN);
}
