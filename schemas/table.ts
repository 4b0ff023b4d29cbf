/** Key of the one table. Both parts are text. */
export const TABLE_KEY = { partition: 'pk', sort: 'sk' } as const;

/** The four overloaded indexes. They hold keys alone: what a list shows is read from the table, so an index can lag but never lie. */
export const INDEXES = {
  g1: { name: 'index1', partition: 'g1p', sort: 'g1s' },
  g2: { name: 'index2', partition: 'g2p', sort: 'g2s' },
  g3: { name: 'index3', partition: 'g3p', sort: 'g3s' },
  g4: { name: 'index4', partition: 'g4p', sort: 'g4s' },
} as const;
export type Index = keyof typeof INDEXES;

/** Time to live: an item that has it is removed by DynamoDB some time after this instant, in seconds since the epoch. */
export const EXPIRES = 'expires';

/** How the partitions of kinds of items begin, where a policy or a filter has to know it. */
export const PARTITIONS = { outbox: 'O#', registry: 'REG', repetition: 'I#', testClock: 'CURSOR#clock' } as const;
