import type { Fields } from '#iso8583/message.ts';

/** What hosts say of an original: its trace number, and of 1993 its local time. */
export interface OriginalData {
  /** Six digits. */
  readonly trace: string;
  /** YYMMDDhhmmss; null where it is not said. */
  readonly localTime: string | null;
}

const noTrace = '000000';

/**
 * The original data elements: field 90 of 1987 (type, trace number, when it was transmitted, two institutions), field
 * 56 of 1993 (type, trace number, local time, institution). Null where there are none, 'format' where they are none.
 */
export function readOriginalData(fields: Fields, version: 1987 | 1993): OriginalData | null | 'format' {
  const value = version === 1993 ? fields[56] : fields[90];
  if (value === undefined) return null;
  const [, trace = noTrace, localTime = ''] = /^\d{4}(\d{6})(\d{10,12})\d*$/.exec(value) ?? [];
  if (localTime === '') return 'format';
  if (trace === noTrace) return null;
  const isLocal = version === 1993 && /[1-9]/.test(localTime);
  return { trace, localTime: isLocal ? localTime : null };
}
