import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import type { FieldLayout, MessageLayout } from '#iso8583/layout/layout.ts';
import type { Message } from '#iso8583/message.ts';
import { messagesOf } from './arbitrary-messages.ts';
import { iso8583Oracle, jsposOracle, type Oracle } from './oracles.ts';

/** Why another implementation cannot agree about a message: what it does, and which messages it concerns. */
interface Difference {
  readonly reason: string;
  concerns(message: Message): boolean;
}

interface Comparison {
  readonly oracle: Oracle;
  readonly layout: MessageLayout;
  readonly ofWriting: readonly Difference[];
  readonly ofReading: readonly Difference[];
  /** Our bytes as they would be if a habit of theirs were ours. */
  withTheirHabits(ours: Buffer): Buffer;
}

const messages = 2000;
/** Most of the messages are of these types, which everybody knows. */
const usualTypes = [
  '0100',
  '0110',
  '0200',
  '0210',
  '0220',
  '0320',
  '0400',
  '0410',
  '0420',
  '0500',
  '0800',
  '0810',
];
const unusualEvery = 8;

const hasField =
  (layout: MessageLayout, isSuch: (field: FieldLayout, value: string) => boolean) => (message: Message) =>
    Object.entries(message.fields).some(([number, value]) => {
      const field = layout.fields[number];
      return field !== undefined && value !== undefined && isSuch(field, value);
    });

const [bcd, text] = [dialects['cup-bcd'], dialects['ascii-binmap']];
const isTrack: Difference = {
  reason: 'jspos takes the "=" of a track for a digit when it writes',
  concerns: hasField(bcd, (field, value) => field.type === 'z' && value.includes('=')),
};
const isSigned: Difference = {
  reason: 'jspos cannot write an amount with a sign: it calls a function that it does not have',
  concerns: hasField(bcd, (field) => field.type === 'xn'),
};
const isVariableBytes: Difference = {
  reason: 'iso_8583 has no bytes of variable length: it takes them for text',
  concerns: hasField(text, (field) => field.type === 'b' && field.var !== undefined),
};
const isEmpty: Difference = {
  reason: 'iso_8583 takes a field without a character for one that is missing',
  concerns: hasField(text, (_, value) => value === ''),
};
const hasSpaces: Difference = {
  reason: 'iso_8583 does not know that letters and digits are padded with spaces',
  concerns: hasField(text, (field, value) => field.type === 'an' && value.includes(' ')),
};
const hasSigns: Difference = {
  reason: 'iso_8583 does not know the signs # @ \\ among the printable ones',
  concerns: hasField(text, (field, value) => field.type === 'ans' && /[#@\\]/.test(value)),
};

const isUnlisted: Difference = {
  reason: 'iso_8583 has a list of message types, without most repeats and notifications',
  concerns: ({ mti }) => !usualTypes.includes(mti),
};
const hasNoField: Difference = {
  reason: 'jspos writes no bitmap for a message without fields',
  concerns: ({ fields }) => Object.keys(fields).length === 0,
};

const comparisons: readonly Comparison[] = [
  {
    oracle: jsposOracle(bcd),
    layout: bcd,
    ofWriting: [isTrack, isSigned, hasNoField],
    ofReading: [],
    withTheirHabits: (ours) => ours,
  },
  {
    oracle: iso8583Oracle(text),
    layout: text,
    ofWriting: [isVariableBytes, isEmpty, hasSpaces, hasSigns, isUnlisted],
    ofReading: [isVariableBytes, isUnlisted],
    withTheirHabits: withSecondBitmap,
  },
];

/** iso_8583 writes the second bitmap always. We refuse one that is empty, so that a message has one form. */
function withSecondBitmap(ours: Buffer): Buffer {
  const first = ours[4] as number;
  if (first >= 0x80) return ours;
  const widened = Buffer.concat([ours.subarray(0, 12), Buffer.alloc(8), ours.subarray(12)]);
  widened[4] = first | 0x80;
  return widened;
}

/** iso_8583 reads bytes as small letters: the same bytes. */
function alike({ mti, fields }: Message, layout: MessageLayout): Message {
  const same = Object.entries(fields).map(([number, value]) => [
    number,
    layout.fields[number]?.type === 'b' ? value?.toUpperCase() : value,
  ]);
  return { mti, fields: Object.fromEntries(same) };
}

function attempt<T>(what: () => T): T | Error {
  try {
    return what();
  } catch (error) {
    return error as Error;
  }
}

describe.each(comparisons.map((comparison) => [comparison.oracle.name, comparison] as const))(
  '%s',
  (_, comparison) => {
    const { oracle, layout, ofWriting, ofReading, withTheirHabits } = comparison;
    const codec = compileCodec(layout);
    const sample = fc
      .sample(messagesOf(layout), { numRuns: messages, seed: 8583 })
      .map((message, n) =>
        n % unusualEvery === 0
          ? message
          : { ...message, mti: usualTypes[n % usualTypes.length] ?? message.mti },
      );

    test('writes what we write, but for reasons that are known, and each of these is met', () => {
      const met = new Set<string>();
      let agreed = 0;
      for (const message of sample) {
        const theirs = attempt(() => oracle.encode(message));
        const isSame = Buffer.isBuffer(theirs) && theirs.equals(withTheirHabits(codec.encode(message)));
        const reasons = ofWriting.filter((one) => one.concerns(message));
        if (isSame) agreed++;
        else expect(reasons, JSON.stringify([message, String(theirs)])).not.toEqual([]);
        if (!isSame && reasons.length === 1) met.add(reasons[0]?.reason ?? '');
      }
      expect([...met].sort()).toEqual(ofWriting.map((one) => one.reason).sort());
      expect(agreed).toBeGreaterThan(messages / 20);
    });

    test('reads from our bytes what we read, but for reasons that are known, and each of these is met', () => {
      const met = new Set<string>();
      let agreed = 0;
      for (const message of sample) {
        const theirs = attempt(() => alike(oracle.decode(codec.encode(message)), layout));
        const isSame = !(theirs instanceof Error) && isEqual(theirs, message);
        const reasons = ofReading.filter((one) => one.concerns(message));
        if (isSame) agreed++;
        else expect(reasons, JSON.stringify([message, String(theirs)])).not.toEqual([]);
        if (!isSame && reasons.length === 1) met.add(reasons[0]?.reason ?? '');
      }
      expect([...met].sort()).toEqual(ofReading.map((one) => one.reason).sort());
      expect(agreed).toBeGreaterThan(messages / 4);
    });
  },
);

function isEqual(one: Message, other: Message): boolean {
  const told = ({ mti, fields }: Message) => JSON.stringify([mti, Object.entries(fields)]);
  return told(one) === told(other);
}
