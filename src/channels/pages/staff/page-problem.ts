/** What stands in the place of a page that cannot be shown, and its status. */
export const problemStatuses = {
  notFound: 404,
  fault: 500,
  away: 503,
  stale: 403,
  tooLarge: 413,
  badForm: 400,
  notYours: 403,
  tooMany: 429,
  busy: 503,
} as const;

export type PageProblem = keyof typeof problemStatuses;
