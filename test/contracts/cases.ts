/** Cases in which an emulator is known not to be as AWS documents, each with the reason. */
export type Differences = Readonly<Record<string, string>>;

/** Declares a case of a contract. */
export type Promised = (fact: string, check: () => Promise<void>) => void;

/**
 * Declares the cases of a contract. Where an emulator differs the case must fail: so the list stays true, and says so when the emulator has been mended.
 * Names on the list that are no cases fail too.
 */
export function describeCases(differs: Differences, declare: (promised: Promised) => void): void {
  const facts = new Set<string>();
  declare((fact, check) => {
    facts.add(fact);
    const reason = differs[fact];
    // eslint-disable-next-line jest/expect-expect, jest/valid-title -- a contract names its cases and asserts in them
    if (reason === undefined) it(fact, check);
    else
      it(`${fact}: not here, ${reason}`, async () => {
        await expect(check()).rejects.toThrow();
      });
  });
  const unknown = Object.keys(differs).filter((fact) => !facts.has(fact));
  if (unknown.length > 0) throw new Error(`expected cases of the contract, got ${unknown.join('; ')}`);
}
