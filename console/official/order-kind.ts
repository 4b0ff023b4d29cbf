import type { OfficeName } from '../../domain/authority/organisation.ts';
import type { DossierRead } from '../dossier.ts';
import type { Fault, Row } from '../html/components.ts';
import type { Content } from '../html/markup.ts';
import type { Visit } from '../visit.ts';
import type { Sent } from './sent.ts';

export const ORDERS = ['extension', 'transfer', 'opinion', 'hold', 'release'] as const;
export type OrderName = (typeof ORDERS)[number];

/** What an official orders in a dossier beside its tasks. */
export interface Order {
  /** Of the API, below the dossier. */
  path: string | ((sent: Sent) => string);
  /** What is entered, by the names of its fields. */
  fields: readonly string[];
  /** Whether the page of a dossier leads to it for who holds this office; whether he may is the API’s to judge. */
  isOffered: (read: DossierRead, office: OfficeName, visit: Visit) => boolean;
  form: (visit: Visit, read: DossierRead, entry: { sent: Sent; faults: readonly Fault[] }) => Content;
  /** What will happen, with what was entered made exact; or what is to be mended. */
  check: (
    visit: Visit,
    read: DossierRead,
    sent: Sent,
  ) => { faults: readonly Fault[] } | { sent: Sent; rows: readonly Row[]; happens: readonly string[] };
  bodyOf: (sent: Sent) => object;
  /** To which field a refusal belongs, by its code. */
  refusedAt: Readonly<Record<string, string>>;
}
