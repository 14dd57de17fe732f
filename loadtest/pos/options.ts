import { type DialectName, dialects } from '#iso8583/dialects.ts';
import { type FramingName, framings, isFramingName } from '#iso8583/framing/framings.ts';
import { StartError } from '#platform/start-error.ts';
import type { MacMode } from '#terminals/keys/key-service.ts';
import { readArguments, withinLimits } from '#testing/read-arguments.ts';
import type { TlsFiles } from './files/tls-files.ts';

/** What the person at the terminal wants. */
export type Command =
  | { readonly name: 'sign-on' | 'sign-off' | 'echo' | 'settle' | 'reverse' | 'keys' }
  | { readonly name: 'help' }
  | { readonly name: 'balance'; readonly presented: Presented }
  | { readonly name: 'pay' | 'hold'; readonly amountFen: bigint; readonly presented: Presented }
  | { readonly name: 'void' | 'cancel'; readonly of: string; readonly presented: Presented }
  | {
      readonly name: 'refund' | 'complete';
      readonly of: string;
      /** Null is all of it. */
      readonly amountFen: bigint | null;
      readonly presented: Presented;
    }
  | {
      readonly name: 'adjust' | 'tip';
      readonly of: string;
      /** The sale's new total. */
      readonly amountFen: bigint;
      readonly presented: Presented;
    }
  | { readonly name: 'script'; readonly file: string; readonly terminals: number };

/** The card in the holder's hand, by its place in the sign-ins: a number is nothing for a command line. */
export interface Presented {
  readonly card: number;
  readonly types: boolean;
  readonly swipes: boolean;
}

/** Which listener, and as which terminal. What is undefined is as the demonstration has it. */
export interface Where {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly dialect: DialectName;
  readonly framing: FramingName;
  readonly mac: MacMode | 'none';
  readonly terminalId: number | undefined;
  readonly masterKeyFile: string | undefined;
  /** Whose terminal it is, of one that the demonstration does not have. */
  readonly merchant: number | undefined;
  /** A file with the number of a card that the demonstration does not have. */
  readonly cardFile: string | undefined;
  /** Null is plain TCP. */
  readonly tls: TlsFiles | null;
}

export interface PosOptions {
  readonly command: Command;
  readonly where: Where;
}

const optionNames = {
  card: { type: 'string', default: '1' },
  pin: { type: 'boolean', default: false },
  swipe: { type: 'boolean', default: false },
  terminals: { type: 'string', default: '1' },
  host: { type: 'string' },
  port: { type: 'string' },
  dialect: { type: 'string', default: 'unionpay-pos' },
  framing: { type: 'string', default: 'unionpay-pos' },
  mac: { type: 'string', default: 'cup-ecb' },
  terminal: { type: 'string' },
  'master-key-file': { type: 'string' },
  merchant: { type: 'string' },
  'card-file': { type: 'string' },
  tls: { type: 'boolean', default: false },
  certificate: { type: 'string' },
  'key-file': { type: 'string' },
  authority: { type: 'string' },
} as const;

/** Originals, times and field 39 of 1993 are others, which no terminal here speaks. */
const dialectNames = (Object.keys(dialects) as DialectName[]).filter((name) => name !== 'iso93');
const cardsMax = 20;
const terminalsMax = 64;
const terminalIdMax = 99_999_999;
const merchantMax = 999_999_999;
const macs = ['cup-ecb', 'x9.19', 'sm4', 'none'] as const;

/** Reads `pay 12.50 --card 3 --pin`. Throws StartError, one sentence, on nonsense. */
export function readOptions(given: readonly string[]): PosOptions {
  const args = given.some((word) => word === '--help' || word === '-h') ? ['help'] : given;
  const optionsFrom = args.findIndex((word) => word.startsWith('--'));
  const words = optionsFrom < 0 ? args : args.slice(0, optionsFrom);
  const values = readArguments(
    optionsFrom < 0 ? [] : args.slice(optionsFrom),
    optionNames,
    'npm run pos -- help',
  );
  const whole = (name: 'port' | 'terminal' | 'merchant', max: number) => {
    const text = values[name];
    return text === undefined ? undefined : withinLimits(text, { name, max });
  };
  return {
    command: readCommand(words, {
      presented: {
        card: withinLimits(values.card, { name: 'card', max: cardsMax }),
        types: values.pin,
        swipes: values.swipe,
      },
      terminals: withinLimits(values.terminals, { name: 'terminals', max: terminalsMax }),
    }),
    where: {
      host: values.host,
      port: whole('port', 65_535),
      dialect: dialectOf(values.dialect),
      framing: framingOf(values.framing),
      mac: oneOf('mac', values.mac, macs),
      terminalId: whole('terminal', terminalIdMax),
      masterKeyFile: values['master-key-file'],
      merchant: whole('merchant', merchantMax),
      cardFile: values['card-file'],
      tls: tlsOf(values),
    },
  };
}

interface With {
  readonly presented: Presented;
  readonly terminals: number;
}

/** How many words may follow the name of a command. */
const wordsAfter: Readonly<Record<Command['name'], number>> = {
  ...{ help: 0, 'sign-on': 0, 'sign-off': 0, echo: 0, settle: 0, reverse: 0, keys: 0, balance: 0 },
  ...{ pay: 1, hold: 1, void: 1, cancel: 1, script: 1 },
  ...{ refund: 2, complete: 2, adjust: 2, tip: 2 },
};

const isCommand = (name: string): name is Command['name'] => Object.hasOwn(wordsAfter, name);

/** A command's words, as they stand on a command line or in a script. Throws StartError. */
export function readCommand(words: readonly string[], { presented, terminals }: With): Command {
  const [name = 'help', first, second] = words;
  if (!isCommand(name))
    throw new StartError(
      `没有"${name}"这个命令。There is no command "${name}": npm run pos -- help shows them.`,
    );
  if (words.length - 1 > wordsAfter[name]) throw tooMany(words);
  switch (name) {
    case 'balance':
      return { name, presented };
    case 'pay':
    case 'hold':
      return { name, amountFen: readYuan(first), presented };
    case 'void':
    case 'cancel':
      return { name, of: first ?? 'last', presented };
    case 'refund':
    case 'complete': {
      const amountFen = second === undefined ? null : readYuan(second);
      return { name, of: first ?? 'last', amountFen, presented };
    }
    case 'adjust':
    case 'tip':
      return { name, of: first ?? 'last', amountFen: readYuan(second), presented };
    case 'script':
      return { name, file: first ?? 'default', terminals };
    default:
      return { name };
  }
}

const yuanPattern = /^(\d{1,9})(?:\.(\d{1,2}))?$/;

/** "12.5" is 1250 fen. Throws StartError for what is no amount above nought. */
function readYuan(text: string | undefined): bigint {
  const [, yuan, parts = ''] = yuanPattern.exec(text ?? '') ?? [];
  const amountFen = yuan === undefined ? 0n : BigInt(yuan) * 100n + BigInt(parts.padEnd(2, '0'));
  if (amountFen > 0n) return amountFen;
  throw new StartError(
    '金额以元为单位,如 12.50。An amount is in yuan, above nought and with at most two decimals, as 12.50.',
  );
}

function tooMany(words: readonly string[]): StartError {
  return new StartError(
    `命令"${words.join(' ')}"的参数太多。"${words.join(' ')}" has too many words: npm run pos -- help shows how it is said.`,
  );
}

/** Who names a file of it wants TLS. */
function tlsOf(values: {
  readonly tls: boolean;
  readonly certificate?: string;
  readonly 'key-file'?: string;
  readonly authority?: string;
}): TlsFiles | null {
  const { tls, certificate, 'key-file': key, authority } = values;
  const isWanted = tls || [certificate, key, authority].some((file) => file !== undefined);
  return isWanted ? { certificate, key, authority } : null;
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new StartError(`--${option} is one of ${names.join(', ')}, not "${value}".`);
}

function dialectOf(value: string): DialectName {
  if (value !== 'iso93') return oneOf('dialect', value, dialectNames);
  throw new StartError(
    `服务支持 iso93,但本模拟器不支持:可用 ${dialectNames.join('、')}。The service speaks iso93 and this simulator does not: its --dialect is one of ${dialectNames.join(', ')}.`,
  );
}

function framingOf(value: string): FramingName {
  if (isFramingName(value)) return value;
  throw new StartError(`--framing is one of ${Object.keys(framings).join(', ')}, not "${value}".`);
}
