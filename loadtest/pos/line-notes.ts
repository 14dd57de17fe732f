import type { Codec } from '#iso8583/codec.ts';
import { NoAnswer, type PosLine, type Silence } from '#testing/pos/pos-line.ts';

/** What a port did so far. */
export interface LineNotes {
  /** Whether anything was ever answered that could be read. */
  readonly isHeard: boolean;
  /** Whether the last message but for sign-ons was answered A0: its MAC was not taken. */
  readonly isMacRefused: boolean;
  /** Why the last message that had no answer had none. */
  readonly silence: Silence | null;
}

/** Carries no MAC. */
const signOnAnswer = '0810';

/** The same line, and notes of what comes over it. */
export function notingLine(
  line: PosLine,
  codec: Codec,
): { readonly line: PosLine; readonly notes: LineNotes } {
  const notes = { isHeard: false, isMacRefused: false, silence: null as Silence | null };
  const ask: PosLine['ask'] = async (body, call) => {
    try {
      const answer = await line.ask(body, call);
      notes.isHeard = true;
      if (call.answerMti !== signOnAnswer) notes.isMacRefused = codec.peek(answer, 39) === 'A0';
      return answer;
    } catch (error) {
      if (error instanceof NoAnswer) notes.silence = error.silence;
      throw error;
    }
  };
  return { line: { ...line, ask }, notes };
}
