/** Makes and signs papers: PDF/A from a template, PAdES signatures in the order of law. */
export interface Papers {
  /** Draws a paper. The same request gives the same bytes. Throws `TaskTerminal` for a placeholder without a value. */
  render(paper: Paper): Promise<Uint8Array>;
  /** Prepares a person's signature; `hash` (SHA-256) is what the official authorises. The same inputs give the same hash. */
  preparePersonal(
    pdf: Uint8Array,
    signer: PersonalSigner,
  ): Promise<{ hash: Uint8Array; finish(value: Uint8Array): Promise<Uint8Array> }>;
  /**
   * Applies the organisation's signature, with number, place and date in its appearance. Throws `TaskTerminal` for a paper that lacks a valid
   * personal signature, unless a law makes it automatic (Decree 30/2020 art. 32(2)(d)).
   */
  applySeal(pdf: Uint8Array, seal: PaperSeal): Promise<Uint8Array>;
}

export interface Paper {
  /** As in the procedure's definition; see schemas/template.ts. */
  template: unknown;
  data: Readonly<Record<string, unknown>>;
  /** Written into the file, milliseconds since the epoch. */
  at: number;
  id: string;
}

export interface PersonalSigner {
  /** DER, the official's own first. */
  certificateChain: readonly Uint8Array[];
  name: string;
  /** In what capacity, as printed above the name, one line each. */
  capacity: readonly string[];
  agency: string;
  /** Role whose place on the paper it is. */
  role: string;
  /** Claimed instant of signing, milliseconds since the epoch; the time-stamp proves it. */
  at: number;
}

export interface PaperSeal {
  /** Id of the unit whose organisation's signature it is. */
  unit: string;
  template: unknown;
  /** What number and place are filled from: `number`, `date`, `unit`. */
  data: Readonly<Record<string, unknown>>;
  agency: string;
  at: number;
  /** The law that lets the paper go out without a person's signature. */
  automatic?: string;
}
