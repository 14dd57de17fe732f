import type { FoundCard } from '#cards/people/find-cards.ts';
import { confirmForm, readStaffForm, reviewForm } from '#channels/pages/staff/forms/staff-forms.ts';
import {
  type AnyAct,
  actsFor,
  isCardAct,
  isCounterAct,
  stillFits,
} from '#channels/pages/staff/rules/card-acts.ts';
import { contentSeal, isContentSeal } from '#channels/pages/staff/rules/content-seal.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import {
  type Fields,
  type SignedIn,
  type StaffContext,
  secretsOf,
} from '#channels/pages/staff/staff-visit.ts';
import { type CardActPage, cardActView } from '#channels/pages/staff/views/card-act-view.ts';
import { oneTimePasswordView } from '#channels/pages/staff/views/card-view.ts';
import { refusalSentences } from '#channels/pages/staff/views/pieces.ts';
import { problemPage } from '#channels/pages/staff/views/problem-view.ts';
import { namedCard } from './card-routes.ts';
import { doCardAct } from './do-card-act.ts';

const nothingWrong = { faults: {}, refusals: [] };
const cardPath = (c: StaffContext) => `/staff/cards/${c.req.param('id')}`;

/** What operators do to a card, in two steps: why, and then, with before and after in sight, the second click. */
export function addCardActRoutes({ parts, door }: StaffSite): void {
  door.page('/staff/cards/:id/act/:act', async (c, visit) => {
    const card = await namedCard(parts, { c, visit });
    const act = actNamed(c.req.param('act'));
    if (card === null || act === null) return problemPage(c, 'notFound');
    // What cannot be done (any more) the card's own page says best.
    if (!mayDo(card, act)) return c.redirect(`/staff/cards/${card.cardId}`, 303);
    return c.html(cardActView(visit, { ...nothingWrong, card, act, said: null }));
  });
  door.form('/staff/cards/:id/review', cardPath, (c, visit, fields) => review(parts, { c, visit, fields }));
  door.form('/staff/cards/:id/act', cardPath, (c, visit, fields) => confirm(parts, { c, visit, fields }));
}

function actNamed(text: string | undefined): AnyAct | null {
  if (text === undefined) return null;
  return isCardAct(text) || isCounterAct(text) ? text : null;
}

const mayDo = (card: FoundCard, act: AnyAct) => isCounterAct(act) || actsFor(card.status).includes(act);

interface Sent {
  readonly c: StaffContext;
  readonly visit: SignedIn;
  readonly fields: Fields;
}

/** What a confirmation shows: its seal is over this. */
interface Shown {
  readonly act: AnyAct;
  readonly before: string;
  readonly reason: string;
  readonly usable: boolean;
}

function contentOf(card: FoundCard, { act, before, reason, usable }: Shown): string[] {
  return ['card-act', String(card.cardId), act, before, reason, usable ? 'usable' : ''];
}

async function review(parts: StaffParts, { c, visit, fields }: Sent): Promise<Response> {
  const card = await namedCard(parts, { c, visit });
  const act = actNamed(fields['act']);
  if (card === null || act === null) return problemPage(c, 'notFound');
  if (!mayDo(card, act)) return c.redirect(`/staff/cards/${card.cardId}`, 303);
  const read = readStaffForm(reviewForm, fields);
  const page = { ...nothingWrong, card, act };
  if ('faults' in read) return c.html(cardActView(visit, { ...page, said: null, faults: read.faults }), 422);
  const { reason } = read.value;
  const usable = read.value.usable === 'yes';
  const seal = contentSeal(secretsOf(visit), contentOf(card, { act, before: card.status, reason, usable }));
  return c.html(cardActView(visit, { ...page, said: { reason, usable, seal } }));
}

async function confirm(parts: StaffParts, { c, visit, fields }: Sent): Promise<Response> {
  const card = await namedCard(parts, { c, visit });
  const read = readStaffForm(confirmForm, fields);
  const act = actNamed(fields['act']);
  if (card === null || act === null) return problemPage(c, 'notFound');
  if ('faults' in read) return problemPage(c, 'stale');
  const { before, reason, seal } = read.value;
  const usable = read.value.usable === 'yes';
  const content = contentOf(card, { act, before, reason, usable });
  if (!isContentSeal(seal, secretsOf(visit), content)) return problemPage(c, 'stale');
  const again = (state: Partial<CardActPage>, status: 409 | 422 | 503 = 422) =>
    c.html(
      cardActView(visit, { ...nothingWrong, card, act, said: { reason, usable, seal }, ...state }),
      status,
    );
  if (isCardAct(act) && !stillFits(act, before as FoundCard['status'], card.status)) {
    // What was confirmed was about another state of the card: it is looked at anew.
    return c.html(
      cardActView(visit, { card, act, said: null, faults: {}, refusals: [visit.texts.refusals.changed] }),
      409,
    );
  }
  const done = await doCardAct(parts, { visit, card, act, reason, usable, fields });
  if ('faults' in done) return again({ faults: done.faults });
  if ('refusal' in done) {
    const refusals = refusalSentences({ refusal: done.refusal }, visit.texts);
    return again({ refusals }, done.refusal === 'busy' ? 503 : 409);
  }
  if (done.oneTimePassword !== null) return c.html(oneTimePasswordView(visit, card, done.oneTimePassword));
  return c.redirect(`/staff/cards/${done.cardId}?done=${act}`, 303);
}
