import { checkTrace, type Expected } from './check-trace.ts';
import { straceIsThere, traceDossiers } from './fsync-run.ts';
import { bytesOf, descriptorOf, readTrace } from './read-trace.ts';

const HASH = 'ab'.repeat(32);
const DIGEST = 'cd'.repeat(32);
const WAL = '26</data/onetrack.db-wal>';
const SOCKET = '24<TCP:[127.0.0.1:8080->127.0.0.1:5000]>';
const FILE = '30</data/documents/incoming/x>';
const PATH = `/data/documents/documents/9d/d1.${DIGEST}`;
const page = (text: string) => `"${text}${'.'.repeat(600)}"..., 4096, 8224`;

/** A submission with one document, as strace shows it where all is right; each line under a name. */
const RIGHT = {
  request: `10 1.0 read(${SOCKET}, "POST /v1/dossiers HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n{}", 65536) = 40`,
  folder: `11 1.1 mkdir("/data/documents/documents/9d", 0700) = 0`,
  folderNamed: `11 1.2 fsync(28</data/documents/documents>) = 0`,
  bytes: `11 1.3 write(${FILE}, "\\x01\\x02", 2) = 2`,
  bytesSynced: `11 1.4 fsync(${FILE}) = 0`,
  renamed: `11 1.5 rename("/data/documents/incoming/x", "${PATH}") = 0`,
  fileNamed: `11 1.6 fsync(29</data/documents/documents/9d>) = 0`,
  frame: `10 1.7 pwrite64(${WAL}, "\\0\\0\\0\\x03\\0\\0\\0\\x09${'\\0'.repeat(16)}", 24, 8200) = 24`.replaceAll(
    '\\0',
    '\\x00',
  ),
  page: `10 1.8 pwrite64(${WAL}, ${page(`{\\"hash\\":\\"${HASH}\\"}`)}) = 4096`,
  walSynced: `10 1.9 fdatasync(${WAL}) = 0`,
  answer: `10 2.0 writev(${SOCKET}, [{iov_base="HTTP/1.1 201 Created\\r\\n\\r\\n", iov_len=24}, {iov_base="{\\"head\\":{\\"seq\\":1,\\"hash\\":\\"${HASH}\\"}}", iov_len=90}], 2) = 114`,
};
type Part = keyof typeof RIGHT;
const PARTS = Object.keys(RIGHT) as Part[];
const EXPECTED: Expected = {
  name: 'submit',
  response: `"hash":"${HASH}"`,
  row: new RegExp(HASH),
  uploads: [],
  documents: [{ dossier: 'd1', name: DIGEST }],
};
const faultsOf = (lines: readonly string[]): string => checkTrace(readTrace(lines), [EXPECTED]).faults.join('\n');
const without = (...parts: Part[]) => PARTS.filter((part) => !parts.includes(part)).map((part) => RIGHT[part]);
const replaced = (part: Part, ...lines: string[]) => PARTS.flatMap((each) => (each === part ? lines : [RIGHT[each]]));
/** The part happens only after the answer. */
const late = (part: Part) => [...without(part), RIGHT[part]];

describe('a trace of system calls', () => {
  it('is right where every sync comes before the answer', () => {
    expect(checkTrace(readTrace(Object.values(RIGHT)), [EXPECTED])).toMatchObject({
      acknowledgements: 1,
      transactions: 1,
      faults: [],
    });
  });

  it.each([
    ['the log is never synced', without('walSynced'), 'before its rows were synced'],
    ['the log is synced after the answer', late('walSynced'), 'before its rows were synced'],
    ['the sync of the log fails', replaced('walSynced', `10 1.9 fdatasync(${WAL}) = -1 EIO (I/O error)`), 'its rows'],
    ['another file is synced', replaced('walSynced', '10 1.9 fsync(25</data/onetrack.db>) = 0'), 'its rows'],
    [
      'the sync began before the page was written',
      [
        ...without('page', 'walSynced', 'answer'),
        `12 1.8 fdatasync(${WAL} <unfinished ...>`,
        RIGHT.page,
        '12 1.9 <... fdatasync resumed>) = 0',
        RIGHT.answer,
      ],
      'before its rows were synced',
    ],
    [
      'the sync has not returned when the answer begins',
      replaced('walSynced', `12 1.9 fdatasync(${WAL} <unfinished ...>`).concat('12 2.1 <... fdatasync resumed>) = 0'),
      'before its rows were synced',
    ],
    ['the transaction is not marked as committed', replaced('frame'), 'before its rows were synced'],
    ['a document is never synced', without('bytesSynced'), `the bytes of d1.${DIGEST} were synced`],
    [
      'a document is written again after its sync',
      replaced('bytesSynced', RIGHT.bytesSynced, RIGHT.bytes),
      'the bytes',
    ],
    ['a document gets its name after the answer', late('renamed'), 'was a file or a row'],
    ['the folder of a document is not synced', without('fileNamed'), `the folder of ${PATH} was synced`],
    [
      'the folder is synced before the rename',
      replaced('renamed', RIGHT.fileNamed, RIGHT.renamed).filter((line, at, all) => all.indexOf(line) === at),
      `the folder of ${PATH}`,
    ],
    [
      'a new folder has no durable name',
      without('folderNamed'),
      'the folder of /data/documents/documents/9d was synced',
    ],
    ['the answer is not there', without('answer'), 'its acknowledgement is not in the trace'],
  ])('is refused where %s', (_, lines, fault) => {
    expect(faultsOf(lines)).toContain(fault);
  });

  it('is refused where an answer to a reader shows what is not synced', () => {
    const request = RIGHT.request.replace('POST', 'GET');
    const lines = [request, RIGHT.answer, ...without('request', 'answer')];
    expect(faultsOf(lines)).toContain(`shows head ${HASH} before it was synced`);
  });

  it('takes a small document as a row beside what acknowledges it', () => {
    const row = RIGHT.page.replace(`{\\"hash`, `d1${DIGEST}{\\"hash`);
    const files: Part[] = ['folder', 'folderNamed', 'bytes', 'bytesSynced', 'renamed', 'fileNamed'];
    expect(faultsOf(without(...files).map((line) => (line === RIGHT.page ? row : line)))).toBe('');
  });

  it('puts the two halves of a call together', () => {
    const [call] = readTrace([
      `12 1.0 read(${SOCKET},  <unfinished ...>`,
      '13 1.1 fsync(1</x>) = 0',
      '12 1.2 <... read resumed>"a\\x00\\"b\\n", 65536) = 5',
    ]);
    expect(call).toMatchObject({ name: 'read', returned: 5, begin: 1, end: 3 });
    expect(call && [descriptorOf(call), bytesOf(call)]).toEqual(['tcp [127.0.0.1:8080->127.0.0.1:5000]', 'a\0"b\n']);
  });
});

function traced(): typeof it {
  if (straceIsThere() || process.env['CI'] === 'true') return it;
  process.stderr.write('strace is missing: no server is traced (scripts/oracles.sh installs it)\n');
  return it.skip;
}

/* The short form of `npm run torture:fsync`. */
describe('the server under strace', () => {
  traced()(
    'acknowledges nothing before the sync that covers it',
    async () => {
      const report = await traceDossiers({ dossiers: 3, clients: 3 });
      expect(report.faults).toEqual([]);
      expect(report.commands).toEqual({ announce: 2, upload: 2, submission: 3, decision: 11 });
      expect(report.acknowledgements).toBe(18);
    },
    60_000,
  );

  traced()(
    'is found out where its commits are not synced',
    async () => {
      const { faults } = await traceDossiers({ dossiers: 1, clients: 1, sabotage: ['no-sync'] });
      expect(faults.join('\n')).toContain('acknowledged before its rows were synced');
    },
    60_000,
  );
});
