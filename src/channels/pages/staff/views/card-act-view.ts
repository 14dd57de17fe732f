import { html } from 'hono/html';
import type { FoundCard } from '#cards/people/find-cards.ts';
import { toneOf } from '#channels/pages/staff/lists/cells.ts';
import { type AnyAct, isCardAct, statusAfter } from '#channels/pages/staff/rules/card-acts.ts';
import type { SignedIn } from '#channels/pages/staff/staff-visit.ts';
import { wordIn } from '#channels/pages/staff/texts/staff-texts.ts';
import { type ActPage, actView, type Change } from './act-view.ts';
import { badgeOf, field, type Html, hiddenField } from './pieces.ts';
import type { FormState } from './sign-in-view.ts';

export interface CardActPage extends FormState {
  readonly card: FoundCard;
  readonly act: AnyAct;
  /** What was said on the first page; null while it is being said. */
  readonly said: { readonly reason: string; readonly usable: boolean; readonly seal: string } | null;
}

/** An act on a card: first why, then before and after with the second click, and what only the holder types. */
export function cardActView(visit: SignedIn, page: CardActPage): Html {
  const { texts } = visit;
  const { card, act, said, faults, refusals } = page;
  const name = wordIn(texts, 'step', act);
  const path = `/staff/cards/${card.cardId}`;
  const shown: Pick<ActPage, 'title' | 'section' | 'changes' | 'cancel' | 'faults' | 'refusals'> = {
    ...{ title: texts.act.title(name, card.numberTail), section: 'cards', faults, refusals },
    ...{ changes: changesOf(visit, page), cancel: path },
  };
  if (said === null) {
    const fields = [
      hiddenField('act', act),
      act === 'replace' ? usableBox(visit) : '',
      reasonField(visit, page),
    ];
    return actView(visit, {
      ...shown,
      action: `${path}/review`,
      fields,
      submit: texts.act.next,
      isLast: false,
    });
  }
  return actView(visit, {
    ...shown,
    ...{ lead: texts.act.confirmLead, action: `${path}/act`, isLast: true, submit: texts.act.confirm(name) },
    fields: [
      ...[hiddenField('act', act), hiddenField('reason', said.reason), hiddenField('before', card.status)],
      ...[said.usable ? hiddenField('usable', 'yes') : '', hiddenField('seal', said.seal)],
      ...lastFields(visit, page),
    ],
  });
}

function reasonField({ texts }: SignedIn, { faults }: CardActPage): Html {
  const { reason, reasonHint } = texts.act;
  return field({ name: 'reason', label: reason, hint: reasonHint, lengthMax: 200 }, faults, texts);
}

function usableBox({ texts }: SignedIn): Html {
  return html`<div class="field check"><label><input type="checkbox" name="usable" value="yes"> ${texts.act.usable}</label></div>`;
}

function changesOf(visit: SignedIn, { card, act, said }: CardActPage): Change[] {
  const { texts } = visit;
  const status = (code: string) => badgeOf(wordIn(texts, 'status', code), toneOf('status', code));
  const same = (what: string, value: string): Change => ({ what, before: value, after: value });
  const about = [same(texts.cards.holder, card.name ?? texts.nothing)];
  const why = said === null ? [] : [{ what: texts.act.reason, before: texts.nothing, after: said.reason }];
  if (isCardAct(act)) {
    const first: Change = {
      what: texts.cards.status,
      before: status(card.status),
      after: status(statusAfter(act)),
    };
    return [first, ...(act === 'replace' ? [newCard(visit, said)] : []), ...about, ...why];
  }
  const says = texts.act;
  const changed: Change =
    act === 'reset-password'
      ? { what: says.password, before: says.passwordNow, after: says.passwordAfter }
      : { what: says.failures, before: says.failuresNow, after: says.failuresAfter };
  return [changed, ...about, ...why];
}

function newCard({ texts }: SignedIn, said: CardActPage['said']): Change {
  const { newCard: what, newCardActive, newCardInactive } = texts.act;
  const after = said === null ? texts.nothing : said.usable ? newCardActive : newCardInactive;
  return { what, before: texts.nothing, after };
}

/** What is typed with the second click alone, so that it stands on no page and in no address. */
function lastFields({ texts }: SignedIn, { act, faults }: CardActPage): Html[] {
  const says = texts.act;
  const number = { lengthMax: 40 } as const;
  if (act === 'replace')
    return [
      field({ ...number, name: 'newNumber', label: says.newNumber, hint: says.newNumberHint }, faults, texts),
      field({ ...number, name: 'again', label: says.newNumberAgain }, faults, texts),
    ];
  if (act === 'activate') {
    const secret = {
      type: 'password',
      lengthMax: 6,
      digits: true,
      optional: true,
      hint: says.pinHint,
    } as const;
    return [
      field(
        { ...secret, name: 'queryPassword', label: says.queryPassword, autocomplete: 'new-password' },
        faults,
        texts,
      ),
      field(
        { ...secret, name: 'paymentPin', label: says.paymentPin, autocomplete: 'new-password' },
        faults,
        texts,
      ),
    ];
  }
  if (isCardAct(act)) return [];
  return [field({ ...number, name: 'cardNumber', label: says.number, hint: says.numberHint }, faults, texts)];
}
