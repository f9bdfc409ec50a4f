/** How calls to a source prove who they are. One of them serves all calls of a source. */
export interface Authorizer {
  /**
   * The headers to send. However many calls wait, one token request is under way at most.
   * @throws SourceError SOURCE_REFUSED when the source refuses the credential.
   */
  headers(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Called after a 401 with the headers that were refused: the next `headers()` gets a new token, once. False when there is none to get. */
  renew(refused: Readonly<Record<string, string>>): boolean;
}
