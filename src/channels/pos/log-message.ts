import { isFormatError } from '#iso8583/message.ts';
import type { Log } from '#platform/log.ts';
import type { Handled } from './message-answer.ts';
import type { PosListener } from './parts.ts';

/**
 * Writes a line for each message: at `info` where the listener logs its messages, at `debug` otherwise. What is dear to
 * say is said by getters, which the log asks only for a line that it writes; everything passes its mask.
 */
export function messageNoter(log: Log, { name, logMessages }: PosListener) {
  const write = logMessages ? log.info : log.debug;
  return (handled: Handled, startedMs: number): void => {
    const { asked, terminal, answer, close } = handled;
    write('a message', {
      listener: name,
      terminalId: terminal?.id,
      get mti() {
        return isFormatError(asked) ? null : asked.mti;
      },
      get trace() {
        return isFormatError(asked) ? null : asked.fields[11];
      },
      responseCode: answer?.message.fields[39],
      durationMs: Math.round((performance.now() - startedMs) * 1_000) / 1_000,
      close,
    });
  };
}
