/** Computes once per object, for as long as that object lives. */
export function oncePer<Subject extends object, Value>(
  compute: (subject: Subject) => Value,
): (subject: Subject) => Value {
  const computed = new WeakMap<Subject, { readonly value: Value }>();
  return (subject) => {
    const held = computed.get(subject) ?? { value: compute(subject) };
    computed.set(subject, held);
    return held.value;
  };
}
