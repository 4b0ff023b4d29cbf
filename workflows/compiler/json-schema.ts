import * as z from 'zod';
import { Procedure } from '../../schemas/procedure.ts';

/** The JSON Schema of a procedure's file, for completion in editors. Says less than the parser and the linter do. */
export function procedureJsonSchema(): string {
  const schema = z.toJSONSchema(Procedure, { io: 'input', reused: 'ref' });
  return `${JSON.stringify({ ...schema, title: 'An administrative procedure' }, null, 2)}\n`;
}
