/** Asks once a while for each key. */
export type AskOnce<Answer> = (key: string, ask: () => Promise<Answer>) => Promise<Answer>;

export interface AskedLimits<Answer> {
  /** So long after the question its answer is given again. */
  readonly rememberedMs: number;
  /** More keys than this are not remembered; the oldest is asked anew if it comes again. */
  readonly keysMax: number;
  /** Which answers are given again; without it all of them are. What failed never is. */
  readonly keeps?: (answer: Answer) => boolean;
}

/** On this instance, the same question is asked once in a while; whoever asks meanwhile waits for that answer. */
export function askedOnce<Answer>(nowMs: () => number, limits: AskedLimits<Answer>): AskOnce<Answer> {
  const asked = new Map<string, { readonly atMs: number; readonly answer: Promise<Answer> }>();
  return (key, ask) => {
    const now = nowMs();
    const before = asked.get(key);
    if (before !== undefined && now >= before.atMs && now - before.atMs < limits.rememberedMs)
      return before.answer;
    asked.delete(key);
    const [oldest] = asked.keys();
    if (asked.size >= limits.keysMax && oldest !== undefined) asked.delete(oldest);
    const answer = ask();
    const mine = { atMs: now, answer };
    asked.set(key, mine);
    const forget = () => {
      if (asked.get(key) === mine) asked.delete(key);
    };
    answer.then((given) => {
      if (limits.keeps?.(given) === false) forget();
    }, forget);
    return answer;
  };
}
