import { pick, randomFrom } from '../../embedded/scenarios/chance.ts';
import type { LinkFault } from './faulty-link.ts';

/** Between the server and: its clients, the officials' signing service, the time-stamp authority, registries, subscribers, the mail server. */
export const LINKS = ['clients', 'signer', 'timestamps', 'registries', 'subscribers', 'mail'] as const;
export type LinkName = (typeof LINKS)[number];

/**
 * What the nemesis does, `at` milliseconds from the beginning. `kill`: SIGKILL, and started again after `down`; now and then killed once more while it
 * starts. `freeze`: SIGSTOP and SIGCONT. `disk`: writes say that it is full, or fail as a disk does, or syncs fail. `pass`: the time of the world goes
 * on by so much at once. `skew`: the server's clock alone is wrong. `link`: requests over it fare badly, each with this chance.
 */
export type Episode = { at: number } & (
  | { what: 'kill'; down: number; again: number | null }
  | { what: 'freeze'; for: number }
  | { what: 'disk'; how: DiskFault; chance: number; for: number }
  | { what: 'pass'; by: number }
  | { what: 'skew'; by: number; for: number }
  | { what: 'link'; link: LinkName; faults: readonly LinkFault[]; chance: number; for: number }
);

export const DISK_FAULTS = ['full', 'write', 'sync'] as const;
export type DiskFault = (typeof DISK_FAULTS)[number];

const MINUTE = 60_000;
/** By how many milliseconds the world's time jumps, about. */
export const JUMPS = [5, 30, 120, 480].map((minutes) => minutes * MINUTE);
/** Seconds. From one end to the other less than what a record may go back: a clock that is wrong by more makes evidence that does not hold, as it should. */
const SKEWS = [-140, -60, -20, 20, 60, 140];
const FAULTS_OF: Readonly<Record<LinkName, readonly LinkFault[]>> = {
  clients: ['cut', 'lose', 'twice', 'slow'],
  signer: ['cut', 'lose', 'busy', 'slow', 'garble'],
  timestamps: ['cut', 'lose', 'busy', 'slow', 'garble'],
  registries: ['cut', 'lose', 'twice', 'busy', 'slow', 'garble'],
  subscribers: ['cut', 'lose', 'twice', 'busy', 'slow'],
  mail: ['cut', 'lose', 'busy'],
};
/** How often each kind comes, in relation to the others. */
const KINDS = [
  ...Array.from({ length: 5 }, () => 'kill' as const),
  ...Array.from({ length: 3 }, () => 'freeze' as const),
  ...Array.from({ length: 4 }, () => 'disk' as const),
  ...Array.from({ length: 3 }, () => 'pass' as const),
  ...Array.from({ length: 2 }, () => 'skew' as const),
  ...Array.from({ length: 8 }, () => 'link' as const),
];

/** The same seed and length give the same schedule. */
export function scheduleOf(seed: number, milliseconds: number): Episode[] {
  const random = randomFrom(seed);
  const between = (low: number, high: number): number => Math.round(low + random() * (high - low));
  const schedule: Episode[] = [];
  for (let at = between(1_000, 2_000); at < milliseconds; at += between(200, 2_200))
    schedule.push({ at, ...episode(random, between) });
  return schedule;
}

type Does = Episode extends infer Each ? (Each extends Episode ? Omit<Each, 'at'> : never) : never;

function episode(random: () => number, between: (low: number, high: number) => number): Does {
  const what = pick(KINDS, random);
  switch (what) {
    case 'kill':
      return { what, down: between(0, 800), again: random() < 0.15 ? between(100, 900) : null };
    case 'freeze':
      return { what, for: between(100, 4_000) };
    case 'disk':
      return { what, how: pick(DISK_FAULTS, random), chance: pick([0.05, 0.3, 1], random), for: between(200, 2_500) };
    case 'pass':
      return { what, by: pick(JUMPS, random) + between(0, MINUTE) };
    case 'skew':
      return { what, by: pick(SKEWS, random) * 1_000, for: between(500, 4_000) };
    case 'link': {
      const link = pick(LINKS, random);
      const faults = FAULTS_OF[link].filter(() => random() < 0.6);
      return {
        what,
        link,
        faults: faults.length > 0 ? faults : ['cut'],
        chance: pick([0.1, 0.4, 1], random),
        for: between(500, 5_000),
      };
    }
  }
}
