import type { Registry } from '../../domain/ports/registry.ts';

/** Every record of a kind. For kinds of which there are few. */
export async function listAll<K extends Parameters<Registry['list']>[0]>(
  registry: Registry,
  kind: K,
): Promise<Awaited<ReturnType<typeof registry.list<K>>>['items']> {
  const items: Awaited<ReturnType<typeof registry.list<K>>>['items'] = [];
  let after: string | undefined;
  do {
    const page = await registry.list(kind, { limit: 200, ...(after !== undefined && { after }) });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
