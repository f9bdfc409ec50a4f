type Given<Values> = { [Key in keyof Values]?: NonNullable<Values[Key]> };

/** The values that were given: in an input, null and absent both mean "does not narrow". */
export function given<Values extends object>(values: Values): Given<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as Given<Values>;
}
