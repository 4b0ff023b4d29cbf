/** How far clocks of one system, and of it and a time-stamp authority, may stand apart: five minutes, in milliseconds. */
export const CLOCK_TOLERANCE = 5 * 60_000;
