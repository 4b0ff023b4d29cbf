import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The description of the API as it was generated: it lies beside the function's code. */
export function description(): Promise<string> {
  return readFile(join(process.env['LAMBDA_TASK_ROOT'] ?? '.', 'openapi.json'), 'utf8');
}
