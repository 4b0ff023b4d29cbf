import { outboxItem } from '../../../adapters/aws/dynamodb/commit.ts';
import { newOutboxRows } from '../../../adapters/aws/stream-records.ts';
import { anOutboxRow } from '../../builders/dossiers.ts';

const [first, second] = [anOutboxRow({ id: 'o1', at: 1 }), anOutboxRow({ id: 'o2', at: 2, error: 'before' })];
const record = (row = first, eventName = 'INSERT') => ({
  eventID: 'e',
  eventName,
  eventSource: 'aws:dynamodb',
  dynamodb: { Keys: {}, NewImage: outboxItem(row), SequenceNumber: '1', StreamViewType: 'NEW_IMAGE' },
});

describe('the bell of the table’s stream', () => {
  it('is silent for what it cannot read', () => {
    const broken = { ...record(), dynamodb: { NewImage: { pk: { S: 'O#g' }, sk: { S: 'x' } } } };
    const text = { ...record(), dynamodb: { NewImage: { ...outboxItem(first), j: { S: '{' } } } };
    for (const event of [undefined, {}, { Records: 'x' }, { Records: [null, 1, {}, broken, text] }])
      expect(newOutboxRows(event)).toEqual([]);
  });

  it('rings for new rows of the outbox alone: the relay itself changes and deletes them', () => {
    const head = { ...record(), dynamodb: { NewImage: { pk: { S: 'D#d1' }, sk: { S: 'HEAD' } } } };
    expect(newOutboxRows({ Records: [head, record(first, 'MODIFY'), record(first, 'REMOVE')] })).toEqual([]);
  });

  it('tells each row once and in order, however the records come', () => {
    const records = [record(second), record(first), record(second), record(first)];
    expect(newOutboxRows({ Records: records })).toEqual([first, second]);
    expect(newOutboxRows({ Records: JSON.parse(JSON.stringify(records)) as unknown })).toEqual([first, second]);
  });
});
