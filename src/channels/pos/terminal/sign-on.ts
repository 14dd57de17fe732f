import { approvedWith, type Exchange, type Reply, refusedWith } from '#channels/pos/exchange/exchange.ts';
import type { PosParts } from '#channels/pos/parts.ts';
import { withBatchNumber } from '#channels/pos/rules/sub-fields.ts';
import type { KeyForm } from '#terminals/keys/key-service.ts';

const forms: readonly string[] = ['001', '003', '004'] satisfies KeyForm[];

/** Hands a terminal fresh working keys, and the batch that it is in. */
export async function signOn(parts: PosParts, exchange: Exchange): Promise<Reply> {
  const { terminal, terminalData, message, listener } = exchange;
  if (!terminal.active) return refusedWith('terminal-not-active');
  const batchNumber = await parts.batches.currentBatch(terminal.id);
  const batch = { 60: withBatchNumber(message.fields[60] ?? '00000000', batchNumber) };
  if (listener.mac === 'none') return approvedWith(batch);
  const { network } = terminalData;
  const form = forms.includes(network) ? (network as KeyForm) : '003';
  const issued = await parts.keys.issue(terminal.id, { form, mode: listener.mac });
  return issued === 'no-master-key' ? refusedWith(issued) : approvedWith({ ...batch, 62: issued.field62 });
}

/** Lists of keys and parameters: there is nothing in them. */
const lists: readonly string[] = ['370', '372', '380', '382'];

/**
 * Parameters, public keys and status: a terminal that asks for them is told that there are none to take over, and one
 * that says it has finished, or how it is, that this was heard.
 */
export function answerParameters({ listener }: Exchange, network: string): Reply {
  const nothing = listener.codec.layout.fields[62]?.type === 'b' ? '30' : '0';
  return approvedWith(lists.includes(network) ? { 62: nothing } : {});
}
