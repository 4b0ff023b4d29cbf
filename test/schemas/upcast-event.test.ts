import { EVENT_VERSION, type EventEnvelope } from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import { anEvent, dossierId } from '../builders/dossiers.ts';

const today = anEvent(dossierId(1), 7).event;
const of = (v: number): EventEnvelope => ({ ...today, v });

describe('events of another release', () => {
  it('refuses an event of a later release', () => {
    expect(() => upcastEvent(of(EVENT_VERSION + 1))).toThrow(`#7: no way from version ${EVENT_VERSION + 1}`);
  });

  it('refuses an event whose upcaster is gone', () => {
    expect(() => upcastEvent(of(1), { 2: (event) => event }, 3)).toThrow('no way from version 1 to 3');
  });

  it('brings an old event up version by version, and leaves the stored one as it is', () => {
    const stored = of(1);
    const copy = structuredClone(stored);
    const event = upcastEvent(
      stored,
      {
        1: (each) => ({ ...each, data: { ...each.data, steps: '1' } }),
        2: (each) => ({ ...each, data: { ...each.data, steps: `${String(each.data['steps'])}2` } }),
      },
      3,
    );
    expect(event).toMatchObject({ v: 3, seq: 7, data: { score: 5, steps: '12' } });
    expect(stored).toEqual(copy);
  });

  it('answers an event of today as it is', () => {
    const stored = of(EVENT_VERSION);
    expect(upcastEvent(stored)).toBe(stored);
  });
});
