import { seededRandom } from '#sources/sandbox-seed';

import type { Delivery } from './webhooks.ts';

const SIGNS = '0123456789abcdefABCDEFtv=,.; \'"';

/** Deliveries that differ from a proven one in a sign or few: of its signature, or of its body. None is proven. */
export function mutationsOf(proven: Delivery, count: number, seed: number): readonly Delivery[] {
  const random = seededRandom(seed);
  const mutations: Delivery[] = [];
  while (mutations.length < count) {
    const ofBody = random() < 0.2;
    const mutated = ofBody
      ? { ...proven, body: mutate(proven.body, random) }
      : { ...proven, headers: mapValues(proven.headers, (value) => mutate(value, random)) };
    if (!isSame(mutated, proven)) mutations.push(mutated);
  }
  return mutations;
}

/** Blanks around a header are not part of it. */
function isSame(one: Delivery, other: Delivery): boolean {
  const trimmed = mapValues(one.headers, (value) => value.trim());
  return one.body === other.body && JSON.stringify(trimmed) === JSON.stringify(other.headers);
}

function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const sign = SIGNS[Math.floor(random() * SIGNS.length)] ?? '';
  const kind = random();
  if (kind < 0.5) return text.slice(0, at) + sign + text.slice(at + 1);
  if (kind < 0.65) return text.slice(0, at) + text.slice(at + 1);
  if (kind < 0.8) return text.slice(0, at) + sign + text.slice(at);
  if (kind < 0.9) return text.slice(0, at);
  if (kind < 0.95) return text.toUpperCase();
  return `${text}${text}`;
}

function mapValues(
  headers: Delivery['headers'],
  map: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, map(value)]));
}
