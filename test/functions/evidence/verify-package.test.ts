import fc from 'fast-check';
import { X509Certificate } from 'node:crypto';
import { readCertificate } from '../../../adapters/cms/certificate.ts';
import { keyIdOf } from '../../../domain/key-id.ts';
import {
  type EvidenceOffice,
  type Files,
  fileOf,
  flip,
  forged,
  handOf,
  eventsOf,
  manifestOf,
  open,
  openEvidenceOffice,
  pack,
  rechained,
  resigned,
  restamped,
  withEvents,
  without,
} from '../../builders/evidence.ts';
import { publicKeyOf } from '../../builders/signing-office.ts';

let office: EvidenceOffice;
let closed: Uint8Array;
let files: Files;
/** A dossier still in process: smaller, and checked faster. */
let small: Files;
let smallPaths: string[];
/** A dossier just submitted. */
let tiny: Files;

beforeAll(async () => {
  office = await openEvidenceOffice();
  closed = await office.pack(await office.play());
  files = open(closed);
  small = open(await office.pack(await office.play(2)));
  smallPaths = Object.keys(small);
  tiny = open(await office.pack(await office.play(0)));
});
afterAll(() => office.close());

function faultOf(changed: Files): { place: string; fault: string } | undefined {
  const verdict = office.verify(pack(changed));
  return verdict.ok ? undefined : { place: verdict.faults[0].place, fault: verdict.faults[0].fault };
}

describe('an evidence package as it was made', () => {
  it('holds, and says what was checked', () => {
    const verdict = office.verify(closed);
    expect(verdict).toMatchObject({
      ok: true,
      summary: {
        procedure: 'library-card@1.0.0',
        status: 'closed',
        result: 'granted',
        erased: false,
        revocationLists: 1,
        recordKeys: ['C=VN, CN=Onetrack record key'],
        timestamps: { longestLag: 0 },
      },
    });
    const summary = verdict.ok ? verdict.summary : undefined;
    expect(summary?.results.map(({ path, signers }) => [path, signers.length])).toEqual([
      ['result/card-1.pdf', 2],
      ['result/receipt-1.pdf', 1],
    ]);
  });

  it('holds when somebody unpacked it and packed it again', () => {
    expect(office.verify(pack(files)).ok).toBe(true);
  });

  it('is the same bytes when it is made again of the same record at the same instant', async () => {
    const { dossier } = manifestOf(files);
    const again = open(await office.pack(dossier));
    // ECDSA signatures are random, revocation lists are of their second.
    const stable = Object.keys(files).filter((path) => !/^(manifest|revocation)/.test(path));
    expect(Object.keys(again)).toEqual(Object.keys(files));
    for (const path of stable) expect(Buffer.from(fileOf(again, path))).toEqual(Buffer.from(fileOf(files, path)));
  });

  it('is refused by who trusts another authority, naming the signature of the manifest first', async () => {
    const stranger = await openEvidenceOffice();
    const verdict = stranger.verify(closed);
    await stranger.close();
    expect(verdict.ok ? undefined : verdict.faults[0]).toMatchObject({ place: 'manifest.jws', fault: 'untrusted' });
  });
});

describe('a package of which one file was changed', () => {
  /** A changed manifest may first show in its signature, a changed signature's certificates in the manifest. */
  const fileAt = (place: string | undefined): string => (place ?? 'nowhere').replace(/ .*/, '').replace(/jws$/, 'json');

  it('is refused, naming the file, for any bit of any file', () => {
    const paths = Object.keys(tiny);
    fc.assert(
      fc.property(fc.nat({ max: paths.length - 1 }), fc.nat({ max: 2 ** 30 }), (index, bit) => {
        const path = paths[index] ?? '';
        expect(fileAt(faultOf(flip(tiny, path, bit))?.place)).toBe(fileAt(path));
      }),
      { numRuns: 80 },
    );
  });

  it('is refused, naming the file, for a bit in the middle of each file', () => {
    for (const path of smallPaths) {
      const middle = fileOf(small, path).length * 4;
      expect(fileAt(faultOf(flip(small, path, middle))?.place)).toBe(fileAt(path));
    }
  });

  it('is refused, naming the file, for every file that is missing', () => {
    for (const path of smallPaths) {
      const fault = faultOf(without(small, path));
      expect([path, fault?.place.split(' ')[0]]).toEqual([path, path]);
    }
  });

  it('is refused, naming the file, when one was added', () => {
    expect(faultOf({ ...files, 'documents/more.pdf': Buffer.from('more') })).toEqual({
      place: 'documents/more.pdf',
      fault: 'unexpected-file',
    });
  });

  it('is refused when two files changed places', () => {
    const swapped = {
      ...files,
      'secrets/1.json': fileOf(files, 'secrets/1.salt'),
      'secrets/1.salt': fileOf(files, 'secrets/1.json'),
    };
    expect(faultOf(swapped)?.place).toMatch(/^secrets\/1\./);
  });
});

describe('a package to which the holder of the record key puts his hand', () => {
  const operator = () => handOf(office);

  it('is refused when a file was added that the layout does not know', async () => {
    const changed = await resigned({ ...files, 'notes.txt': Buffer.from('x') }, operator());
    expect(faultOf(changed)).toEqual({ place: 'notes.txt', fault: 'unexpected-file' });
  });

  it('is refused when a document was added of which no event speaks', async () => {
    const path = `documents/${'0'.repeat(64)}.pdf`;
    const changed = await resigned({ ...files, [path]: Buffer.from('x') }, operator());
    expect(faultOf(changed)).toEqual({ place: path, fault: 'unexpected-file' });
  });

  it.each(['documents/', 'result/card', 'secrets/1.json', 'secrets/1.salt', 'timestamps/', 'definition', 'machine'])(
    'is refused when %s was taken out of it',
    async (begin) => {
      const path = Object.keys(files).find((name) => name.startsWith(begin)) ?? '';
      const fault = faultOf(await resigned(without(files, path), operator()));
      expect(fault).toEqual({ place: path, fault: 'missing-file' });
    },
  );

  it('is refused when a document was replaced', async () => {
    const path = Object.keys(files).find((name) => name.startsWith('documents/')) ?? '';
    const changed = await resigned({ ...files, [path]: Buffer.from('another') }, operator());
    expect(faultOf(changed)).toEqual({ place: path, fault: 'wrong-digest' });
  });

  it('is refused when a secret of another dossier stands in its place', async () => {
    const taken = ['secrets/1.json', 'secrets/1.salt'].map((path) => [path, fileOf(small, path)] as const);
    const changed = await resigned({ ...files, ...Object.fromEntries(taken) }, operator());
    expect(faultOf(changed)).toEqual({ place: 'secrets/1.json', fault: 'wrong-secret' });
  });

  it('is refused when the definition is another, or the machine is not its', async () => {
    const definition = await resigned({ ...files, 'definition.json': Buffer.from('{}') }, operator());
    expect(faultOf(definition)).toEqual({ place: 'definition.json', fault: 'wrong-definition' });
    const machine = await resigned({ ...files, 'machine.asl.json': Buffer.from('{}') }, operator());
    expect(faultOf(machine)).toEqual({ place: 'machine.asl.json', fault: 'wrong-machine' });
  });

  it('is refused when it calls erased what is there', async () => {
    const changed = await resigned(files, operator(), { erased: true });
    expect(faultOf(changed)?.fault).toBe('unexpected-file');
  });

  it('is refused when it hides a single document by calling the dossier erased', async () => {
    const path = Object.keys(files).find((name) => name.startsWith('result/')) ?? '';
    const changed = await resigned(without(files, path), operator(), { erased: true });
    expect(faultOf(changed)?.fault).toBe('unexpected-file');
  });

  describe('of which the key was destroyed', () => {
    const hand = (by: string) => ({ by, at: '2026-11-16T05:00:00.000Z' });
    const DECIDED = {
      list: 'list-1',
      number: '12/QĐ-UBND',
      legalBasis: 'Luật Lưu trữ 33/2024/QH15',
      why: 'order',
      fate: 'destroyed',
      proposed: hand('archivist'),
      approved: [hand('chair'), hand('coordinator')],
    };
    const erased = async (decided: object, after: object[] = []): Promise<Files> => {
      const events = eventsOf(files);
      const last = events.at(-1);
      if (!last) throw new Error('expected events');
      const { secret: _, ...event } = last.event;
      const platform = { ...event, actor: { kind: 'platform' as const } };
      const more = [
        { ...platform, type: 'DossierDisposed', data: { ...decided } },
        ...after.map((of) => ({ ...platform, ...of })),
      ];
      const chained = await rechained([...events, ...more.map((each) => ({ ...last, event: each }))], operator());
      const kept = Object.entries(files).filter(([path]) => !/^(secrets|documents|result)\//.test(path));
      const stamped = await restamped(withEvents(Object.fromEntries(kept), chained), operator());
      return resigned(stamped, operator(), { erased: true });
    };
    const refusal = async (decided: object, after?: object[]) => {
      const verdict = office.verify(pack(await erased({ ...DECIDED, ...decided }, after)));
      return verdict.ok ? undefined : verdict.faults[0];
    };

    it('holds, and says so', async () => {
      expect(office.verify(pack(await erased(DECIDED)))).toMatchObject({
        ok: true,
        summary: { erased: true, secrets: 0, documents: 0 },
      });
    });

    it('is refused when no event says so', async () => {
      const kept = Object.entries(files).filter(([path]) => !/^(secrets|documents|result)\//.test(path));
      const changed = await resigned(Object.fromEntries(kept), operator(), { erased: true });
      expect(faultOf(changed)).toEqual({ place: 'manifest.json', fault: 'missing-file' });
    });

    it('is refused when it was before its time, by too few hands, or when something follows', async () => {
      expect(await refusal({ why: 'retention' })).toMatchObject({
        fault: 'illegal-event',
        expected: 'an instant from 2032-01-01 on',
      });
      expect(await refusal({ approved: [hand('chair'), hand('chair')] })).toMatchObject({
        expected: 'two who approved, neither of whom proposed it',
      });
      expect(await refusal({ approved: [hand('chair'), hand('archivist')] })).toMatchObject({ fault: 'illegal-event' });
      const rated = { type: 'RatingGiven', data: { score: 5 }, actor: { kind: 'applicant', party: 'submitter' } };
      expect(await refusal({}, [rated])).toMatchObject({ expected: 'nothing more of a dossier that was disposed of' });
      const held = { type: 'HoldSet', data: { hold: 'hold-1', legalBasis: 'x' } };
      expect(await refusal({}, [held])).toMatchObject({ fault: 'illegal-event' });
    });
  });

  it('is refused when its seal stands on other bytes', async () => {
    const receipt = fileOf(files, 'result/receipt-1.pdf');
    const changed = await resigned({ ...files, 'result/card-1.pdf': receipt }, operator());
    expect(faultOf(changed)).toEqual({ place: 'result/card-1.pdf', fault: 'wrong-digest' });
  });

  it('is refused when it is signed by the seal instead of the record key', async () => {
    const seal = await office.stage.machine.platform.seals.of('thu-lam');
    const chain = await seal.certificateChain();
    const kid = keyIdOf(publicKeyOf(chain)) ?? '';
    const asRecordKey = { kid, certificateChain: () => Promise.resolve(chain), sign: seal.sign.bind(seal) };
    const changed = await resigned(files, { recordKey: asRecordKey });
    expect(faultOf(changed)).toEqual({ place: 'manifest.jws', fault: 'untrusted' });
  });
});

describe('the seals of a package', () => {
  it('are those of the units that sealed, each under its own name', async () => {
    const chain = new X509Certificate(fileOf(files, 'certificates/seal-1.pem'));
    expect(chain.subject.split('\n')).toEqual([
      'C=VN',
      'O=Ủy ban nhân dân thành phố Hà Nội',
      'CN=Ủy ban nhân dân xã Thư Lâm',
      'serialNumber=thu-lam',
    ]);
    expect(Object.keys(files).filter((path) => path.startsWith('certificates/seal-'))).toHaveLength(1);
    const verdict = office.verify(pack(files));
    expect(verdict.ok && verdict.summary.results.map(({ signers }) => signers.at(-1))).toEqual(['thu-lam', 'thu-lam']);
  });

  it('cannot be of another unit than the one whose number the paper has', async () => {
    const changed = await forged(files, handOf(office), (events) =>
      events.map((each) =>
        each.event.type === 'IssueSealed'
          ? { ...each, event: { ...each.event, data: { ...each.event.data, unit: 'dong-anh' } } }
          : each,
      ),
    );
    expect(faultOf(changed)?.fault).toBe('illegal-event');
  });
});

describe('a package whose record key was revoked', () => {
  it('is refused, for the list lies in the package itself', async () => {
    const other = await openEvidenceOffice();
    const { pki, platform } = other.stage.machine;
    const dossier = await other.play(2);
    const [own = new Uint8Array()] = await platform.recordKey.certificateChain();
    pki.revoke({ serial: readCertificate(own).x509.serialNumber, at: other.stage.now });
    const verdict = other.verify(await other.pack(dossier));
    await other.close();
    expect(verdict.ok ? undefined : verdict.faults[0]).toMatchObject({ place: 'manifest.jws', fault: 'untrusted' });
  });
});
