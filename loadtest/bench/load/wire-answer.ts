/** An answer at the front of what came. */
export interface WireAnswer {
  readonly status: number;
  /** How long it is. */
  readonly bytes: number;
  /** What tells whose answer it is among those under way on a connection, as `markOf` makes it; 0 where one is. */
  readonly mark: number;
}
