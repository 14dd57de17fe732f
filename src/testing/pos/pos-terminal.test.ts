import { describe, expect, test } from 'vitest';
import { compileCodec } from '#iso8583/codec.ts';
import { dialects } from '#iso8583/dialects.ts';
import { type Fields, isFormatError, type Message } from '#iso8583/message.ts';
import { macKey } from '#terminals/keys/rules/mac.ts';
import { decodePinBlock } from '#terminals/keys/rules/pin-block.ts';
import { drawKeys, writeField62 } from '#terminals/keys/rules/working-keys.ts';
import { perform } from './careful.ts';
import { NoAnswer, type PosLine } from './pos-line.ts';
import { openTerminal } from './pos-terminal.ts';
import { answerTo } from './requests.ts';
import { KeysDoNotOpen } from './terminal-keys.ts';
import { freshState, isOpen, type TerminalState } from './terminal-state.ts';

const masterKey = '0123456789ABCDEFFEDCBA9876543210';
const codec = compileCodec(dialects['cup-bcd']);
const keys = drawKeys(Buffer.alloc(32, 7), { form: '003', mode: 'cup-ecb' });
const mac = macKey('cup-ecb', keys.mac);
const cardNumber = '6228480402564890';
const approved: Fields = { 37: '0000000000A1', 38: '0000A1', 39: '00' };

type Saying = Fields | 'silence' | 'wrong-mac';

/** A host that says what it is told to, in turn, and remembers what it was asked. */
function host(say: readonly Saying[]): PosLine & { readonly heard: Message[] } {
  const left = [...say];
  const heard: Message[] = [];
  return {
    heard,
    close: () => undefined,
    hangUp: () => undefined,
    ask: async (body) => {
      const asked = codec.decode(body);
      if (isFormatError(asked)) throw new Error('the terminal sent what cannot be read');
      heard.push(asked);
      const start = codec.macStart(body);
      if (start !== null) expect(mac.fits(body.subarray(0, start), body.subarray(start))).toBe(true);
      const said = left.shift() ?? {};
      if (said === 'silence') throw new NoAnswer('late');
      const fields: Fields = {
        11: asked.fields[11],
        41: asked.fields[41],
        ...(said === 'wrong-mac' ? approved : said),
      };
      if (start === null) return codec.encode({ mti: answerTo(asked.mti), fields });
      const answer = codec.encode({ mti: answerTo(asked.mti), fields: { ...fields, 64: '0'.repeat(16) } });
      const at = codec.macStart(answer) ?? 0;
      if (said !== 'wrong-mac') answer.set(mac.mac(answer.subarray(0, at)), at);
      return answer;
    },
  };
}

const field62 = writeField62({ algorithm: '3des', key: Buffer.from(masterKey, 'hex') }, keys);
const signedOn: Fields = { 39: '00', 60: '00000007003', 62: field62 };

function terminalAt(line: PosLine, state: TerminalState = fresh()) {
  const saved: string[] = [];
  const terminal = openTerminal({
    ...{
      line,
      codec,
      state,
      masterKey,
      mac: 'cup-ecb',
      form: '003',
      sendsTime: false,
      timeoutMs: () => 1_000,
    },
    save: () => saved.push(JSON.stringify(state)),
    nowMs: () => Date.UTC(2026, 10, 25, 0, 30),
  });
  return { terminal, state, saved };
}

const fresh = () => freshState({ terminalId: 1_000_012, participantId: 100_001, firstTrace: 42 });
const order = { cardNumber, amountFen: 1_250n };

describe('a terminal', () => {
  test('takes its keys and its batch from a sign-on, and signs what moves money with them', async () => {
    const line = host([signedOn, approved]);
    const { terminal, state } = terminalAt(line);
    const { entry, answer } = await perform(terminal, 'payment', order);
    expect([state.batchNumber, answer?.code, entry.rrn, entry.approval]).toEqual([
      7,
      '00',
      '0000000000A1',
      '0000A1',
    ]);
    expect(line.heard[1]).toMatchObject({
      mti: '0200',
      fields: {
        3: '000000',
        4: '000000001250',
        11: '000043',
        41: '01000012',
        42: '000000000100001',
        60: '22000007000500',
      },
    });
  });

  test('refuses keys that are not under its master key', async () => {
    const { terminal } = terminalAt(host([{ ...signedOn, 62: field62.replace(/^../, '00') }]));
    await expect(terminal.signOn()).rejects.toThrow(KeysDoNotOpen);
  });

  test('notes a transaction before it sends it, so that one that dies takes it back when it is up again', async () => {
    const dying = terminalAt(host([signedOn, 'silence']));
    await dying.terminal.signOn();
    const entry = dying.terminal.begin('payment', order);
    const kept = JSON.parse(dying.saved.at(-1) ?? '') as TerminalState;
    await expect(dying.terminal.send(entry)).rejects.toThrow(NoAnswer);
    const [open] = kept.entries;
    const line = host([{ 39: '00' }]);
    const { terminal } = terminalAt(line, kept);
    if (open === undefined) throw new Error('nothing was kept');
    expect(isOpen(open)).toBe(true);
    await terminal.reverse(open);
    expect(line.heard[0]).toMatchObject({ mti: '0400', fields: { 2: cardNumber, 11: '000043', 39: '98' } });
    expect([isOpen(open), open.reversal]).toEqual([false, '00']);
  });

  test('asks again where no answer came, and takes back what nobody answers', async () => {
    const line = host([signedOn, 'silence', 'silence', 'silence', 'silence', { 39: '00' }]);
    const { isReversed, answer } = await perform(terminalAt(line).terminal, 'payment', order);
    expect(line.heard.map(({ mti }) => mti)).toEqual(['0800', '0200', '0201', '0201', '0400', '0401']);
    expect(new Set(line.heard.slice(1).map(({ fields }) => fields[11]))).toEqual(new Set(['000043']));
    expect([isReversed, answer]).toEqual([true, null]);
  });

  test('does not believe an approval whose MAC is wrong', async () => {
    const line = host([signedOn, 'wrong-mac', approved]);
    const { answer } = await perform(terminalAt(line).terminal, 'payment', order);
    expect([line.heard.map(({ mti }) => mti), answer?.code]).toEqual([['0800', '0200', '0201'], '00']);
  });

  test('signs on again where its MAC is not taken, and sends the same; where the batch is another, under a new trace', async () => {
    const line = host([
      signedOn,
      { 39: 'A0' },
      signedOn,
      { 39: '77' },
      { ...signedOn, 60: '00000008003' },
      approved,
    ]);
    const { entry } = await perform(terminalAt(line).terminal, 'payment', order);
    expect(line.heard.map(({ mti, fields }) => [mti, fields[11], fields[60]?.slice(2, 8)])).toEqual([
      ['0800', '000042', '000001'],
      ['0200', '000043', '000007'],
      ['0800', '000044', '000007'],
      ['0201', '000043', '000007'],
      ['0800', '000045', '000007'],
      ['0200', '000046', '000008'],
    ]);
    expect(entry.code).toBe('00');
  });

  test('sends a PIN enciphered, in a repeat too, and keeps it nowhere', async () => {
    const line = host([signedOn, 'silence', approved]);
    const { terminal, saved } = terminalAt(line);
    await perform(terminal, 'payment', { ...order, pin: '135790' });
    const blocks = line.heard.slice(1).map(({ fields }) => Buffer.from(fields[52] ?? '', 'hex'));
    expect(
      blocks.map((block) => decodePinBlock({ algorithm: '3des', key: keys.pin }, { block, cardNumber })),
    ).toEqual(['135790', '135790']);
    expect(saved.join('')).not.toContain('135790');
    expect(saved.join('')).not.toContain(blocks[0]?.toString('hex').toUpperCase());
  });

  test('speaks of an original by its batch, trace and day, and by its reference', async () => {
    const line = host([signedOn, approved, approved]);
    const { terminal } = terminalAt(line);
    const { entry } = await perform(terminal, 'payment', order);
    await perform(terminal, 'void', { ...order, original: entry });
    expect(line.heard[2]?.fields).toMatchObject({ 37: '0000000000A1', 38: '0000A1', 61: '0000070000431125' });
  });

  test('settles what stands, and begins the next batch', async () => {
    const line = host([
      signedOn,
      approved,
      approved,
      { 39: '00' },
      { 48: `${'0'.repeat(30)}1${'0'.repeat(30)}1` },
    ]);
    const { terminal, state } = terminalAt(line);
    await perform(terminal, 'payment', order);
    const { entry } = await perform(terminal, 'payment', order);
    await terminal.reverse(entry);
    expect(await terminal.settle()).toBe('balanced');
    expect(line.heard[4]).toMatchObject({
      mti: '0500',
      fields: { 48: `000000001250001${'0'.repeat(47)}`, 60: '00000007201' },
    });
    expect([state.batchNumber, state.entries, state.settling]).toEqual([8, [], null]);
  });

  test('uploads every transaction where the totals differ, and goes on where it was when it was cut off', async () => {
    const unbalanced = { 48: `${'0'.repeat(30)}2${'0'.repeat(30)}2` };
    const line = host([signedOn, approved, unbalanced, 'silence', unbalanced, { 39: '00' }, { 39: '00' }]);
    const { terminal, state } = terminalAt(line);
    await perform(terminal, 'payment', order);
    await expect(terminal.settle()).rejects.toThrow(NoAnswer);
    expect(await terminal.settle()).toBe('unbalanced');
    const [first, , second, upload, end] = line.heard.slice(2);
    expect([first?.fields[11], second?.fields[11]]).toEqual(['000044', '000044']);
    expect(upload?.fields[48]).toBe(`0100000043${cardNumber.padStart(20, '0')}000000001250`);
    expect([end?.fields[48], end?.fields[60], state.batchNumber]).toEqual(['0001', '00000007202', 8]);
  });
});
