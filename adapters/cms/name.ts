import { PrintableString, Sequence, Set as AsnSet, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, RelativeDistinguishedNames } from 'pkijs';
import { parseDer, toDer } from './der.ts';

/** Whom a certificate names. */
export interface Subject {
  /** Common name. */
  name: string;
  /** Written as serialNumber (2.5.4.5): the identifier by which the platform knows the official or unit. */
  id?: string | undefined;
  organisation?: string | undefined;
}

/** A Name of one attribute a set, the form every reader expects; pkijs alone would write them as one set of many. */
export function buildName({ name, id, organisation }: Subject): RelativeDistinguishedNames {
  const attributes = [new AttributeTypeAndValue({ type: '2.5.4.6', value: new PrintableString({ value: 'VN' }) })];
  if (organisation !== undefined)
    attributes.push(new AttributeTypeAndValue({ type: '2.5.4.10', value: new Utf8String({ value: organisation }) }));
  attributes.push(
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: name.normalize('NFC') }) }),
  );
  if (id !== undefined)
    attributes.push(new AttributeTypeAndValue({ type: '2.5.4.5', value: new PrintableString({ value: id }) }));
  const sequence = new Sequence({
    value: attributes.map((attribute) => new AsnSet({ value: [attribute.toSchema()] })),
  });
  return new RelativeDistinguishedNames({ schema: parseDer(toDer(sequence)) });
}
