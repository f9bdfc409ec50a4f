/** How many times as hard the properties are tried: 1 in `npm test`, more in the proofs (vitest.prove.config.ts). */
export const effort = Number(process.env['TEST_EFFORT'] ?? '1');
