import { describe } from '#iso8583/describe.ts';
import { isFormatError, type Message } from '#iso8583/message.ts';
import type { Log } from '#platform/log.ts';
import type { Sender } from './guesses.ts';
import type { Handled } from './handled.ts';
import type { PosListener } from './parts.ts';
import { type PosRefusal, wordOf } from './response-codes.ts';

/**
 * Writes a line for each message and its answer: at `info` where the listener logs its messages, at `debug` otherwise.
 * What it says is masked twice: by those who know the fields, and by the log, which knows none.
 */
export function messageNoter(log: Log, { name, codec, logMessages }: PosListener) {
  const write = logMessages ? log.info : log.debug;
  const isWritten = logMessages || log.isDebug === true;
  const lines = (message: Parameters<typeof describe>[1]) => describe(codec.layout, message).split('\n');
  return ({ asked, terminal, answer, refusal, close }: Handled, { startedMs, sender }: Heard): void => {
    if (!isWritten) return;
    const read: Message | null = isFormatError(asked) ? null : asked;
    const trace = read?.fields[11] ?? '';
    write('a message', {
      listener: name,
      connection: sender?.connection,
      message: sender?.message,
      mti: read?.mti,
      // Only one that we know: anything may stand in field 41.
      terminalId: terminal?.id,
      trace: /^\d{6}$/.test(trace) ? trace : undefined,
      responseCode: answer?.message.fields[39],
      ...saidOf(refusal),
      durationMs: Math.round((performance.now() - startedMs) * 1_000) / 1_000,
      close,
      asked: lines(asked),
      answered: answer === null ? null : lines(answer.message),
    });
  };
}

/** When a message came, and from whom. */
interface Heard {
  readonly startedMs: number;
  readonly sender: Sender | null;
}

/** Our own words for why: response codes say several things at once. */
function saidOf(refusal: PosRefusal | null): object {
  if (refusal === null) return { refusal };
  const { word, field } = wordOf(refusal);
  return field === null ? { refusal: word } : { refusal: word, field };
}
