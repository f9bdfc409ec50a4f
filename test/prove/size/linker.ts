import { ask } from '../../harness/ask.ts';
import { upvestUserId } from './big-upvest.ts';

const LINK =
  'mutation ($links: [[IdentityInput!]!]!) { linkIdentities(input: { links: $links }) { errors { message } } }';
const LISTS_AT_ONCE = 100;

/** A client that tells of Upvest's users, each a list of one; what was not acknowledged is told again. */
export class Linker {
  readonly #users: number;
  #told = 0;
  tookMs = 0;

  constructor(users: number) {
    this.#users = users;
  }

  get isDone(): boolean {
    return this.#told >= this.#users;
  }

  async linkAt(url: string, isAlive: () => boolean): Promise<void> {
    while (!this.isDone && isAlive()) {
      const startedMs = performance.now();
      const size = Math.min(LISTS_AT_ONCE, this.#users - this.#told);
      const links = Array.from({ length: size }, (_, at) => [
        { source: 'UPVEST', externalId: upvestUserId(this.#told + at) },
      ]);
      const answer = await ask<{ linkIdentities: { errors: unknown[] } }>(url, LINK, { links }).catch(
        () => null,
      );
      this.tookMs += performance.now() - startedMs;
      if (answer === null) continue;
      const errors = [...answer.errors, ...answer.data.linkIdentities.errors];
      if (errors.length > 0) throw new Error(`A link was refused: ${JSON.stringify(errors[0])}`);
      this.#told += size;
    }
  }
}
