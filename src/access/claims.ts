import { z } from 'zod';

import { type PrincipalKind, principalKinds } from './principal.ts';
import { parseScopes, type Scope } from './scope.ts';
import { canBeSubject } from './subject.ts';

/** Who a token says its bearer is, before the store was asked which user that is. */
export interface Claims {
  readonly kind: PrincipalKind;
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** Of an end user alone, one of the two: a user's public id, or one of the user's identities. */
  readonly user: string | null;
  readonly identity: { readonly source: string; readonly externalId: string } | null;
  /** Epoch seconds after which the token no longer holds. */
  readonly expiresAtS: number;
}

const claims = z
  .object({
    sub: z.string().refine(canBeSubject),
    exp: z.number(),
    kind: z.enum(principalKinds.map((kind) => kind.toLowerCase())),
    scope: z.string().default(''),
    user: z.string().min(1).nullish(),
    identity: z.object({ source: z.string(), externalId: z.string().min(1) }).nullish(),
  })
  // An end user is exactly one user; nobody else is one.
  .refine(({ kind, user, identity }) => {
    const named = [user, identity].filter((one) => one !== null && one !== undefined).length;
    return named === (kind === 'end_user' ? 1 : 0);
  });

/** Null when the claims do not say who the bearer is. */
export function parseClaims(payload: unknown): Claims | null {
  const read = claims.safeParse(payload);
  if (!read.success) return null;
  const { sub, exp, kind, scope, user, identity } = read.data;
  return {
    kind: kind.toUpperCase() as PrincipalKind,
    subject: sub,
    scopes: parseScopes(scope),
    user: user ?? null,
    identity: identity ?? null,
    expiresAtS: exp,
  };
}
