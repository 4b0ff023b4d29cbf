import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The styles of the pages as their package has them: they lie beside the function's code. */
export function styles(): string {
  return readFileSync(join(process.env['LAMBDA_TASK_ROOT'] ?? '.', 'govuk-frontend.min.css'), 'utf8');
}
