/** One kind of problem: its HTTP status and what it is called, in both languages. */
export interface ProblemKind {
  readonly status: 400 | 401 | 402 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 500 | 503;
  readonly title: string;
  readonly titleZh: string;
}

/** A kind of problem, in one line of a catalogue. */
export const kind = (status: ProblemKind['status'], title: string, titleZh: string): ProblemKind => ({
  status,
  title,
  titleZh,
});
