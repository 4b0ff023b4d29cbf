/** Unit and role of the queue for what nobody can place: never lost, a person decides. */
export const COORDINATION = { unit: 'coordination', role: 'coordinator' } as const;
