import type { FormatError } from '#iso8583/message.ts';

/** What is wrong inside a field whose bytes were right. As everywhere, the value is never said. */
export type FieldFault = Omit<FormatError, 'offset'>;

export function isFieldFault(read: object): read is FieldFault {
  return 'error' in read;
}
