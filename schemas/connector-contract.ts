import * as z from 'zod';
import { NumberFact } from './events/numbers.ts';
import { Name } from './ids.ts';

const common = {
  about: z.record(z.string(), z.string()).optional().describe('Notes for people, by place; nothing reads them'),
  open: z.boolean().default(false).describe('It lets anybody in, and that is meant'),
};
const agreement = { purpose: z.string().min(1).max(500), legalBasis: z.string().min(1).max(500) };

/** What a register must do before it is asked for citizens: told by records that it holds for trials, and by no citizen's. */
export const SourceContract = z.strictObject({
  kind: z.literal('source').default('source'),
  ...common,
  ...agreement,
  known: z
    .strictObject({
      key: z.string().min(1).max(200),
      fields: z.record(Name, z.unknown()).default({}).describe('Values that it must have, by name of the connector'),
    })
    .describe('A record that it has'),
  unknown: z.string().min(1).max(200).describe('A key of which it has nothing'),
});
export type SourceContract = z.infer<typeof SourceContract>;

const Facts = z.partialRecord(
  NumberFact.exclude(['request', 'purpose', 'legalBasis']),
  z.union([z.string().min(1).max(300), z.int()]),
);

/** What a keeper of numbers must do before it gives a citizen's paper its number: in a series that it holds for trials, of which each run uses up two. */
export const KeeperContract = z.strictObject({
  kind: z.literal('keeper'),
  ...common,
  ...agreement,
  trial: Facts.describe('What it is told of the series for trials'),
  refused: Facts.optional().describe('What is told instead where it must give no number'),
});
export type KeeperContract = z.infer<typeof KeeperContract>;

const Message = z.record(z.string().min(1).max(100), z.unknown());

/** What a system that `call` stages call must do before it is called for citizens: with what it does and takes back in its trial records. */
export const SystemContract = z.strictObject({
  kind: z.literal('system'),
  ...common,
  known: z
    .strictObject({
      send: Message,
      data: z.record(z.string(), z.unknown()).default({}).describe('Values that its answer must have'),
    })
    .describe('What it does'),
  refused: Message.optional().describe('What it must refuse'),
  undo: Message.optional().describe('What takes back what it did: sent last'),
});
export type SystemContract = z.infer<typeof SystemContract>;
