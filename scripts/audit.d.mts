export function lockFaults(lock: { packages: Readonly<Record<string, object>> }): string[];
export function advisories(answer: string): { faults?: string[]; skipped?: string };
