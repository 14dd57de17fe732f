import type { PosParts } from '#channels/pos/parts.ts';
import type { Asked } from '#channels/pos/rules/asked.ts';
import { settle, upload } from '#channels/pos/terminal/settle-batch.ts';
import { answerParameters, signOn } from '#channels/pos/terminal/sign-on.ts';
import { inquire } from '#channels/pos/transactions/inquire.ts';
import { reverse, transact } from '#channels/pos/transactions/transact.ts';
import { approvedWith, type Exchange, type Reply } from './exchange.ts';

/** Does what a terminal's message asks for. */
export function perform(parts: PosParts, exchange: Exchange, asked: Asked): Reply | Promise<Reply> {
  switch (asked.act) {
    case 'transaction':
      return transact(parts, exchange, asked.transaction);
    case 'reversal':
      return reverse(parts, exchange, asked.transaction);
    case 'inquiry':
      return inquire(parts, exchange);
    case 'settlement':
      return settle(parts, exchange);
    case 'upload':
      return upload(parts, exchange);
    case 'sign-on':
      return signOn(parts, exchange);
    case 'parameters':
      return answerParameters(exchange, asked.network);
    case 'sign-off':
    case 'echo':
      return approvedWith({});
  }
}
