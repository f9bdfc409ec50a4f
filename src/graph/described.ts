/** The values of an enum from its words and their meanings, in the order given; the words are the domain's own. */
export function described<Word extends string>(
  meanings: Readonly<Record<Word, string>>,
): Record<Word, { readonly description: string }> {
  const values = Object.entries<string>(meanings).map(([word, description]) => [word, { description }]);
  return Object.fromEntries(values);
}
