import { checkDefinition, type CheckedRecord } from '../../../functions/evidence/check-record.ts';
import type { Opened } from '../../../functions/evidence/findings.ts';
import { sha256 } from '../../../domain/chain.ts';

/** What is found of a package with this definition, which says that its machine has this name. */
function found(definition: string, machine: string): { code: string; found: string }[] {
  const told: { code: string; found: string }[] = [];
  const add = (_place: string, code: string, _expected: string, what: string): void =>
    void told.push({ code, found: what });
  const digest = sha256(definition);
  const manifest = { machine, procedure: { id: 'x', version: '1.0.0', digest } };
  const files = new Map([
    ['definition.json', Buffer.from(definition)],
    ['machine.asl.json', Buffer.from('{}')],
  ]);
  const first = { type: 'DossierSubmitted', data: { procedure: 'x', version: '1.0.0', definition: digest } };
  checkDefinition(
    { files, manifest, findings: { add } } as unknown as Opened,
    { events: [first] } as unknown as CheckedRecord,
  );
  return told;
}

test.each(['null', '{"neither'])(
  'a definition that cannot be read (%s) has no machine, whatever name is claimed',
  (definition) => {
    const [fault] = found(definition, 'some-machine');
    expect(fault?.code).toBe('wrong-machine');
    expect(found(definition, fault?.found ?? '')).toEqual([fault]);
  },
);
