/** What a message is about, by the second digit of its type. */
export type MessageClass =
  | 'authorisation'
  | 'financial'
  | 'upload'
  | 'reversal'
  | 'reconciliation'
  | 'network';

/** A message type of somebody who asks. */
export interface MessageType {
  /** Of ISO 8583: 1987 or 1993. */
  readonly version: 1987 | 1993;
  readonly messageClass: MessageClass;
  /** Whether it tells what was done already. */
  readonly isAdvice: boolean;
  /** Whether its sender says that it was sent before: 0201 repeats 0200. */
  readonly isRepeat: boolean;
  /** The type of its answer: 0210 for 0200 and for 0201. */
  readonly answerMti: string;
}

const classes: Readonly<Record<string, MessageClass>> = {
  '1': 'authorisation',
  '2': 'financial',
  '3': 'upload',
  '4': 'reversal',
  '5': 'reconciliation',
  '8': 'network',
};

/** Reads a message type; null for one that asks nothing of us: an answer, or a class that we do not serve. */
export function readMessageType(mti: string): MessageType | null {
  const match = /^([01])([123458])([02])([0-5])$/.exec(mti);
  const messageClass = classes[match?.[2] ?? ''];
  if (match === null || messageClass === undefined) return null;
  const [, version = '', digit = '', task = '', origin = ''] = match;
  const isRepeat = Number(origin) % 2 === 1;
  return {
    version: version === '1' ? 1993 : 1987,
    messageClass,
    isAdvice: task === '2',
    isRepeat,
    answerMti: `${version}${digit}${Number(task) + 1}${Number(origin) - (isRepeat ? 1 : 0)}`,
  };
}

/** Whether a message of this class moves money or holds it, and so comes with a MAC or not at all. */
export function needsMac({ messageClass }: MessageType): boolean {
  return messageClass === 'authorisation' || messageClass === 'financial' || messageClass === 'reversal';
}
