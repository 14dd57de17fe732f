import type { HttpAnswer, TerminalClient } from '#testing/terminal-client.ts';

/** A client that says how its calls went which brought no answer to keep. */
export interface CountedWire {
  readonly wire: TerminalClient;
  /** Calls without an answer to keep, by why: "503 busy", "ECONNRESET". */
  readonly unanswered: ReadonlyMap<string, number>;
}

/** An honest terminal waits so long: what is asked again earlier would be asked again for impatience alone. */
const patienceMs = 10_000;

/** The same client, patient, and counted. */
export function countWire(wire: TerminalClient): CountedWire {
  const unanswered = new Map<string, number>();
  const count = (why: string) => unanswered.set(why, (unanswered.get(why) ?? 0) + 1);
  return {
    unanswered,
    wire: {
      ...wire,
      post: async (signer, what, sending) => {
        try {
          const answer = await wire.post(signer, what, { ...sending, timeoutMs: patienceMs });
          if (answer.status >= 500 || answer.status === 429) count(whyNot(answer));
          return answer;
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          count(code ?? message);
          throw error;
        }
      },
    },
  };
}

function whyNot({ status, body }: HttpAnswer): string {
  const code = (body as { code?: string } | undefined)?.code;
  return code === undefined ? String(status) : `${status} ${code}`;
}
