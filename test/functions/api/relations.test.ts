import { ACCESS, type Kind, OPERATIONS, type Operation, SCOPES } from '../../builders/access-table.ts';
import type { Answer, ApiHouse } from '../../builders/api-house.ts';
import { EVERYBODY, type Relation, RELATIONS, type Row, TABLE } from '../../builders/relation-table.ts';
import { openRelationWorld, type Things } from '../../builders/relation-world.ts';

const KEPT_OUT: ReadonlySet<number> = new Set([401, 403, 404]);

let house: ApiHouse;
let things: Things;
let scratch: ApiHouse | undefined;
beforeAll(async () => {
  const world = await openRelationWorld();
  house = world.house;
  things = { ...world.things, now: new Date(house.stage.now).toISOString() };
}, 60_000);
afterAll(async () => {
  await scratch?.close();
  await house.close();
});

const named = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => things[name] ?? whole);

/** What becomes of a request of somebody: what was done is undone before the next. */
async function ask({ method, path }: Operation, row: Row, relation: Relation): Promise<Answer> {
  scratch ??= await house.copy();
  const { claims } = RELATIONS[relation];
  const at = path.replace('/v1', '').replace(/\{(\w+)\}/g, (whole, name: string) => named(row.at[name] ?? whole));
  const to = row.query === undefined ? at : `${at}?${named(row.query)}`;
  const sender = claims && 'client_id' in claims ? claims.client_id : undefined;
  const text = row.body === undefined ? undefined : named(JSON.stringify(row.body));
  const body = text?.replace('{sender}', sender ?? 'ward-system');
  const answer =
    row.signed && sender !== undefined
      ? await scratch.webhook(to, body)
      : await scratch.send(method, to, { token: claims && (await house.token(claims)), body });
  if (method !== 'GET' && answer.status < 400) {
    await scratch.close();
    scratch = undefined;
  }
  return answer;
}

/** Whether he was let to it; anything else that may come is told as it is. */
function judge({ shows, refusedBy, loosely }: Row, { status, body }: Answer): string {
  if (KEPT_OUT.has(status) || status === refusedBy)
    return JSON.stringify(body).includes('Ngọc') ? 'refused with the name' : 'refused';
  if (status >= 500 || (status >= 400 && !loosely)) return `answered ${status}: ${JSON.stringify(body)}`;
  return shows === undefined || JSON.stringify(body).includes(named(shows)) ? 'let' : 'refused';
}

/** Where what becomes of it is not what the row says. */
async function differences(operation: Operation, row: Row): Promise<string[]> {
  const found: string[] = [];
  for (const relation of EVERYBODY) {
    const expected = row.lets.includes(relation) ? 'let' : 'refused';
    const became = judge(row, await ask(operation, row, relation));
    if (became !== expected) found.push(`${relation}: expected ${expected}, ${became}`);
  }
  return found;
}

const BY_ID = new Map(OPERATIONS.map((operation) => [operation.operationId, operation]));
const CELLS = TABLE.flatMap((row) =>
  row.of.map((id) => [id, `${Object.values(row.at).join(' ')} ${row.query ?? row.shows ?? ''}`.trim(), row] as const),
);

it('has every operation of the API, and no other, with its parameters', () => {
  expect([...new Set(CELLS.map(([id]) => id))].toSorted()).toEqual([...BY_ID.keys()].toSorted());
  for (const [id, , { at }] of CELLS)
    expect({ id, at: Object.keys(at).map((name) => `{${name}}`) }).toEqual({
      id,
      at: BY_ID.get(id)?.path.match(/\{\w+\}/g) ?? [],
    });
});

it('lets in the kinds of people that the table of kinds does, where it asks who it is', () => {
  for (const id of BY_ID.keys()) {
    const lets = CELLS.filter(([of]) => of === id).flatMap(([, , row]) => row.lets.map((each) => RELATIONS[each].kind));
    const allowed: readonly Kind[] = [...(ACCESS[id] ?? []), ...(id in SCOPES ? (['system'] as const) : [])];
    if (allowed.includes('anyone') || allowed.includes('proof')) continue;
    expect({ id, kinds: [...new Set(lets)].toSorted() }).toEqual({ id, kinds: [...allowed].toSorted() });
  }
});

it.each(CELLS)('%s of %s lets through those of its row alone', async (id, _, row) => {
  const operation = BY_ID.get(id);
  expect(operation && (await differences(operation, row))).toEqual([]);
});

it('tells a row that lets somebody in whom the API does not, and one that does not whom it does', async () => {
  const [id, , row] = CELLS[0] ?? [];
  const operation = BY_ID.get(id ?? '');
  if (!operation || !row) throw new Error('expected a row');
  const wrong = { ...row, lets: ['other applicant', ...row.lets.filter((each) => each !== 'applicant')] as const };
  expect(await differences(operation, wrong)).toEqual([
    'applicant: expected refused, let',
    'other applicant: expected let, refused',
  ]);
});
