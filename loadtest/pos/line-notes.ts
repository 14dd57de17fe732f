import type { Codec } from '#iso8583/codec.ts';
import { NoAnswer, type PosLine, type Silence } from '#testing/pos/pos-line.ts';

/** What a port did so far. */
export interface LineNotes {
  /** Field 39 of the last answer that could be read; null where there never was one. */
  readonly code: string | null;
  /** Why the last message that had no answer had none. */
  readonly silence: Silence | null;
}

/** The same line, and notes of what comes over it. */
export function notingLine(
  line: PosLine,
  codec: Codec,
): { readonly line: PosLine; readonly notes: LineNotes } {
  const notes: { code: string | null; silence: Silence | null } = { code: null, silence: null };
  const ask: PosLine['ask'] = async (body, call) => {
    try {
      const answer = await line.ask(body, call);
      const code = codec.peek(answer, 39);
      notes.code = typeof code === 'string' ? code : '';
      return answer;
    } catch (error) {
      if (error instanceof NoAnswer) notes.silence = error.silence;
      throw error;
    }
  };
  return { line: { ...line, ask }, notes };
}
