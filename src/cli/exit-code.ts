/** How the process ended, for whoever started it. */
export const exitCode = { OK: 0, FAILED: 1, BAD_SETTINGS: 2 } as const;
