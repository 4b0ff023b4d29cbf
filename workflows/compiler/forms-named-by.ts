import type { Procedure } from '../../schemas/procedure.ts';
import type { FormRef } from '../../schemas/procedure/values.ts';

/** Every form of a procedure and where it is named. */
export function formsNamedBy(procedure: Procedure): { form: FormRef; at: PropertyKey[] }[] {
  const forms: { form: FormRef | undefined; at: PropertyKey[] }[] = [
    { form: procedure.form, at: ['form'] },
    { form: procedure.input, at: ['input'] },
  ];
  for (const [id, stage] of Object.entries(procedure.stages)) {
    if (stage.kind !== 'decide') forms.push({ form: stage.form, at: ['stages', id, 'form'] });
    if (stage.kind !== 'consult') continue;
    for (const [part, { form }] of Object.entries(stage.parts))
      forms.push({ form, at: ['stages', id, 'parts', part, 'form'] });
  }
  return forms.filter((entry): entry is { form: FormRef; at: PropertyKey[] } => entry.form !== undefined);
}
