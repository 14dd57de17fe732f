import type { Fields } from '#iso8583/message.ts';
import type { MessageType } from './message-type.ts';
import type { TerminalData } from './sub-fields.ts';

/** What a terminal asks for with a transaction. */
export type Transaction =
  | 'purchase'
  | 'load'
  | 'pre-authorisation'
  | 'completion'
  | 'part-completion'
  | 'void'
  | 'completion-void'
  | 'refund'
  | 'adjustment';

/** What a message asks for. */
export type Asked =
  | { readonly act: 'transaction'; readonly transaction: Transaction }
  | { readonly act: 'reversal'; readonly transaction: Transaction }
  | { readonly act: 'inquiry' | 'settlement' | 'upload' | 'sign-on' | 'sign-off' | 'echo' }
  | { readonly act: 'parameters'; readonly network: string };

interface Said {
  readonly type: MessageType;
  readonly fields: Fields;
  readonly terminalData: TerminalData;
}

/** What is asked, or null for what is not supported. */
export function readAsked(said: Said): Asked | null {
  const { messageClass } = said.type;
  switch (messageClass) {
    case 'network':
      return readNetwork(said);
    case 'reconciliation':
      return { act: 'settlement' };
    case 'upload':
      return { act: 'upload' };
    case 'reversal': {
      const transaction = readTransaction(said);
      return transaction === null ? null : { act: 'reversal', transaction };
    }
    case 'authorisation':
    case 'financial': {
      if (said.fields[3]?.startsWith('31')) return said.type.isAdvice ? null : { act: 'inquiry' };
      const transaction = readTransaction(said);
      return transaction === null ? null : { act: 'transaction', transaction };
    }
  }
}

/** Forms (60.1) by what they are: 24 tells of a completion, 32 adjusts a sale made offline, 34 adds a tip. */
const forms: Readonly<Record<string, Transaction>> = {
  '11': 'void',
  '20': 'completion',
  '21': 'completion-void',
  '23': 'void',
  '24': 'completion',
  '25': 'refund',
  '32': 'adjustment',
  '34': 'adjustment',
};
const formsOf: Readonly<Record<string, readonly string[]>> = {
  '00': ['20', '24', '32', '34'],
  '20': ['11', '21', '23', '25'],
};
/** Function codes of 1993 (field 24): an authorisation is taken in full, or in part. */
const functions: Readonly<Record<string, Transaction>> = { '201': 'completion', '202': 'part-completion' };

function readTransaction({ type, fields, terminalData }: Said): Transaction | null {
  const code = fields[3]?.slice(0, 2) ?? '';
  switch (code) {
    case '03':
      return 'pre-authorisation';
    case '60':
    case '63':
      return 'load';
    case '00': {
      if (type.messageClass === 'authorisation') return null;
      const form = formOf(code, terminalData.form) ?? functions[fields[24] ?? ''] ?? 'purchase';
      return form === 'completion' && terminalData.isPartial ? 'part-completion' : form;
    }
    case '20':
      return formOf(code, terminalData.form) ?? (type.isAdvice ? 'refund' : 'void');
    default:
      return null;
  }
}

function formOf(code: string, form: string): Transaction | undefined {
  return formsOf[code]?.includes(form) ? forms[form] : undefined;
}

const acts: Readonly<Record<string, Asked>> = {
  '001': { act: 'sign-on' },
  '003': { act: 'sign-on' },
  '004': { act: 'sign-on' },
  '002': { act: 'sign-off' },
  '301': { act: 'echo' },
};
/** Function codes of 1993 for what 60.3 or field 70 says in 1987. */
const networkFunctions: Readonly<Record<string, string>> = { '801': '001', '802': '002', '831': '301' };
/** Parameters, keys and status that a terminal asks for or tells. */
const parameters = ['360', '361', '362', '370', '371', '372', '373', '380', '381', '382', '383'];

function readNetwork({ fields, terminalData }: Said): Asked | null {
  const functionCode = networkFunctions[fields[24] ?? ''];
  const network = fields[70] ?? functionCode ?? terminalData.network;
  return parameters.includes(network) ? { act: 'parameters', network } : (acts[network] ?? null);
}
