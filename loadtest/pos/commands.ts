import { isFieldFault } from '#iso8583/unionpay/field-fault.ts';
import { type AdditionalAmount, readAdditionalAmounts } from '#iso8583/unionpay/field54.ts';
import { formatYuan } from '#money/fen.ts';
import { StartError } from '#platform/start-error.ts';
import { perform, type Seen, signOn, takeBack, takeBackOpen } from '#testing/pos/careful.ts';
import { type Answered, asksForSignOn } from '#testing/pos/pos-terminal.ts';
import type { Order, Original } from '#testing/pos/requests.ts';
import { totalsOf } from '#testing/pos/settlement-fields.ts';
import { checkValues } from '#testing/pos/terminal-keys.ts';
import { batchEntries, type Entry, isOpen, isStanding, type PosKind } from '#testing/pos/terminal-state.ts';
import type { Command, Presented } from './options.ts';
import { known, leftOf, originalOf } from './originals.ts';
import type { PosSignIns } from './sign-ins.ts';
import type { Till } from './till.ts';
import { kindWords, meaningOf } from './words.ts';

/** What came of a command. */
export interface Done {
  readonly isGood: boolean;
  /** What a slip is printed of. */
  readonly seen: Seen | null;
  /** What is said of anything else. */
  readonly lines: readonly string[];
}

/** A command that one terminal does. */
export type OnTill = Exclude<Command, { readonly name: 'help' } | { readonly name: 'script' }>;

/** Does what is asked for at a terminal; what was left open when it last stopped comes first. */
export async function runCommand(till: Till, signIns: PosSignIns, command: OnTill): Promise<Done> {
  const { terminal } = till;
  const before = command.name === 'keys' ? [] : await finishOpen(till);
  const done = await act();
  return { ...done, lines: [...before, ...done.lines] };

  async function act(): Promise<Done> {
    switch (command.name) {
      case 'sign-on':
        return signedOn(await signOn(terminal), till);
      case 'sign-off':
        return answered('签退 sign-off', await terminal.signOff());
      case 'echo':
        return answered('线路测试 echo', await terminal.echo());
      case 'keys':
        return shownKeys(till);
      case 'settle':
        return settled(till);
      case 'reverse':
        return reversed(till);
      case 'balance':
        return balance(till, orderOf(signIns, command.presented, 0n));
      default: {
        const { kind, order } = transactionOf(till, signIns, command);
        const seen = await perform(terminal, kind, order);
        return { isGood: seen.answer?.code === '00', seen, lines: [] };
      }
    }
  }
}

/** Reversals that were not answered, and a settlement that was begun. */
async function finishOpen({ terminal, doubt }: Till): Promise<string[]> {
  const open = terminal.state.entries.filter(isOpen).length;
  const left = await takeBackOpen(terminal);
  const lines = open > 0 ? [`先补发冲正 ${open} 笔 ${open} open transactions were reversed first`] : [];
  if (left.length > 0)
    throw new StartError(doubt() ?? '冲正未收到应答。The reversals that are open were not answered.');
  if (terminal.state.settling === null) return lines;
  await terminal.settle();
  return [...lines, '先完成上次的批结算 the settlement that was begun is done'];
}

function transactionOf(
  { terminal }: Till,
  signIns: PosSignIns,
  command: Extract<OnTill, { readonly presented: Presented }>,
): { readonly kind: PosKind; readonly order: Order } {
  const { presented } = command;
  const { entries } = terminal.state;
  const order = (amountFen: bigint, original: Original | Entry) => ({
    ...orderOf(signIns, presented, amountFen),
    ...('cardNumber' in original ? { cardNumber: original.cardNumber } : {}),
    original,
  });
  switch (command.name) {
    case 'pay':
      return { kind: 'payment', order: orderOf(signIns, presented, command.amountFen) };
    case 'hold':
      return { kind: 'authorise', order: orderOf(signIns, presented, command.amountFen) };
    case 'void': {
      const original = known(originalOf(entries, command.name, command.of));
      return { kind: 'void', order: order(BigInt(original.amount), original) };
    }
    case 'cancel': {
      const original = known(originalOf(entries, command.name, command.of));
      const kind = original.kind === 'capture' ? 'cancel-capture' : 'cancel-hold';
      return { kind, order: order(BigInt(original.amount), original) };
    }
    case 'adjust':
    case 'tip': {
      const original = known(originalOf(entries, command.name, command.of));
      return {
        kind: command.name === 'adjust' ? 'adjustment' : 'tip',
        order: order(command.amountFen, original),
      };
    }
    case 'refund':
    case 'complete': {
      const original = originalOf(entries, command.name, command.of);
      const amountFen = command.amountFen ?? leftOf(entries, known(original));
      return { kind: command.name === 'refund' ? 'refund' : 'capture', order: order(amountFen, original) };
    }
    default:
      throw new Error(`${command.name} is no transaction`);
  }
}

function orderOf({ holders }: PosSignIns, { card, types, swipes }: Presented, amountFen: bigint): Order {
  const holder = holders[card - 1];
  if (holder === undefined)
    throw new StartError(
      `没有第 ${card} 张卡。There is no card ${card} here, there are ${holders.length}: take one of them with --card, or name a --card-file.`,
    );
  if (types && holder.paymentPin === undefined)
    throw new StartError(
      '演示中没有该卡的密码。--pin types the PIN of a card of the demonstration, and this card is none.',
    );
  return {
    cardNumber: holder.cardNumber,
    amountFen,
    ...(types && holder.paymentPin !== undefined ? { pin: holder.paymentPin } : {}),
    ...(swipes ? { track2: `${holder.cardNumber}=${magneticEnd}` } : {}),
  };
}

/** Good until December 2036, service code 201, nothing else. */
const magneticEnd = '3612201000000';

function answered(what: string, { code }: Answered): Done {
  return { isGood: code === '00', seen: null, lines: [`${what}: ${code} ${meaningOf(code)}`] };
}

function signedOn(answer: Answered, till: Till): Done {
  const { batchNumber } = till.terminal.state;
  const done = answered('签到 sign-on', answer);
  return { ...done, lines: [...done.lines, `批次号 batch ${batchNumber}`, ...shownKeys(till).lines] };
}

function shownKeys({ terminal: { state } }: Till): Done {
  if (state.keys === null)
    return { isGood: true, seen: null, lines: ['未签到,没有工作密钥 not signed on: no working keys'] };
  const { pin, mac } = checkValues(state.keys);
  const line = `密钥校验值 check values  PIK ${pin}  MAK ${mac}`;
  return { isGood: true, seen: null, lines: [line] };
}

async function balance({ terminal }: Till, order: Order): Promise<Done> {
  if (order.pin === undefined)
    throw new StartError('余额查询需要密码:加上 --pin。A balance needs the PIN: add --pin.');
  if (terminal.state.keys === null) await signOn(terminal);
  let answer = await terminal.balance(order);
  if (asksForSignOn(answer.code)) {
    await signOn(terminal);
    answer = await terminal.balance(order);
  }
  const amounts = readAdditionalAmounts(answer.fields[54] ?? '');
  const done = answered('余额查询 balance', answer);
  return { ...done, lines: [...done.lines, ...(isFieldFault(amounts) ? [] : amounts.map(balanceLine))] };
}

function balanceLine({ accountType, amountType, amountFen }: AdditionalAmount): string {
  const what = amountType === '02' ? '可用 available' : '余额 ledger';
  return `账户 account ${accountType}  ${what}  ${formatYuan(amountFen)}`;
}

async function reversed({ terminal }: Till): Promise<Done> {
  const entry = batchEntries(terminal.state).findLast(isStanding);
  if (entry === undefined)
    throw new StartError('本批次没有可冲正的交易。This batch has nothing that could be reversed.');
  const isReversed = await takeBack(terminal, entry);
  const code = entry.reversal ?? '';
  const result = isReversed ? '已冲正 reversed' : '未冲正 not reversed';
  const amount = formatYuan(BigInt(entry.amount));
  return {
    isGood: isReversed,
    seen: null,
    lines: [
      `冲正 reversal: ${kindWords[entry.kind]} ${amount},凭证号 trace ${entry.trace}: ${result} (${code} ${meaningOf(code)})`,
    ],
  };
}

const resultWords = {
  balanced: '对账平 balanced',
  unbalanced: '对账不平,明细已上送 not balanced: every transaction was uploaded',
  error: '结算失败 not settled',
} as const;

async function settled({ terminal }: Till): Promise<Done> {
  const { state } = terminal;
  const batch = state.batchNumber;
  const totals = totalsOf(batchEntries(state));
  const result = await terminal.settle();
  const words = resultWords[result ?? 'error'];
  return {
    isGood: result === 'balanced',
    seen: null,
    lines: [
      `批结算 settlement of batch ${batch}: ${words}`,
      `  借记 debit   ${totals.debitCount} 笔  ${formatYuan(totals.debitFen)}`,
      `  贷记 credit  ${totals.creditCount} 笔  ${formatYuan(totals.creditFen)}`,
      `  下一批次 next batch ${state.batchNumber}`,
    ],
  };
}
