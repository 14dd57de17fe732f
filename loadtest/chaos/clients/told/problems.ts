const keptMax = 500;

/** What was found wrong: every one is counted, the first of them are kept in words. */
export interface Problems {
  readonly kept: readonly string[];
  readonly count: () => number;
  add(...problems: readonly string[]): void;
}

export function openProblems(): Problems {
  const kept: string[] = [];
  let count = 0;
  return {
    kept,
    count: () => count,
    add: (...problems) => {
      count += problems.length;
      kept.push(...problems.slice(0, keptMax - kept.length));
    },
  };
}
