import { readAnswer } from '#loadtest/chaos/clients/read-answer.ts';
import type { HttpAnswer, TerminalClient } from '#testing/terminal-client.ts';

/** A client that says how its calls went which brought no answer to keep. */
export interface CountedWire {
  readonly wire: TerminalClient;
  /** Calls without an answer to keep, by why: "503 busy", "ECONNRESET". */
  readonly unanswered: ReadonlyMap<string, number>;
  /** How long nobody at all was given an answer to keep, in the longest silence since a moment. */
  longestSilenceMs(sinceMs: number): number;
}

/** An honest terminal waits so long: what is asked again earlier would be asked again for impatience alone. */
const patienceMs = 10_000;

/** The same client, patient, and counted. */
export function countWire(wire: TerminalClient): CountedWire {
  const unanswered = new Map<string, number>();
  const answeredAtMs: number[] = [];
  const count = (why: string) => unanswered.set(why, (unanswered.get(why) ?? 0) + 1);
  return {
    unanswered,
    longestSilenceMs: (sinceMs) => {
      const times = [...answeredAtMs.filter((at) => at >= sinceMs), performance.now()];
      const silences = times.map((at, place) => at - (times[place - 1] ?? sinceMs));
      return Math.max(...silences);
    },
    wire: {
      ...wire,
      post: async (signer, what, sending) => {
        try {
          const answer = await wire.post(signer, what, { ...sending, timeoutMs: patienceMs });
          if (isOfBalancer(answer)) throw new Error(`the balancer answered ${answer.status}`);
          if (answer.status === 200 || readAnswer(answer).is === 'final')
            answeredAtMs.push(performance.now());
          else count(whyNot(answer));
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

/** Where no instance is ready the balancer answers itself, in its own words: no answer of ours. */
function isOfBalancer({ status, body }: HttpAnswer): boolean {
  return status >= 502 && status <= 504 && (body as { code?: string } | undefined)?.code === undefined;
}

function whyNot({ status, body }: HttpAnswer): string {
  const code = (body as { code?: string } | undefined)?.code;
  return code === undefined ? String(status) : `${status} ${code}`;
}
