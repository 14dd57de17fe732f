import { type FoundCard, findCards, type Search } from '#cards/people/find-cards.ts';
import { readStaffForm, searchForm } from '#channels/pages/staff/forms/staff-forms.ts';
import { isCardAct, isCounterAct } from '#channels/pages/staff/rules/card-acts.ts';
import type { StaffParts } from '#channels/pages/staff/staff-parts.ts';
import type { StaffSite } from '#channels/pages/staff/staff-site.ts';
import { actorOf, type SignedIn, type StaffContext } from '#channels/pages/staff/staff-visit.ts';
import { cardView, searchView } from '#channels/pages/staff/views/card-view.ts';
import { faultSentences } from '#channels/pages/staff/views/pieces.ts';
import { problemPage } from '#channels/pages/staff/views/problem-view.ts';

const cardsPath = '/staff/cards';
const nothingWrong = { faults: {}, refusals: [] };

/** Finding a card by its number or its holder's, and looking at it. */
export function addCardRoutes({ parts, door }: StaffSite): void {
  door.page(cardsPath, (c, visit) =>
    c.html(searchView({ ...visit, path: cardsPath }, { ...nothingWrong, found: null })),
  );
  door.form(
    '/staff/cards/search',
    () => cardsPath,
    async (c, visit, fields) => {
      const read = readStaffForm(searchForm, fields);
      if ('faults' in read) {
        const refusals = faultSentences(read.faults, visit.texts);
        return c.html(searchView(visit, { faults: {}, refusals, found: null }), 422);
      }
      const found = await find(parts, visit, read.value);
      const [only] = found;
      if (found.length === 1 && only !== undefined) return c.redirect(`${cardsPath}/${only.cardId}`, 303);
      return c.html(searchView(visit, { ...nothingWrong, found }));
    },
  );
  door.page('/staff/cards/:id', async (c, visit) => {
    const card = await namedCard(parts, { c, visit });
    if (card === null) return problemPage(c, 'notFound');
    const asked = c.req.query('done') ?? '';
    const done = isCardAct(asked) || isCounterAct(asked) ? asked : null;
    return c.html(cardView({ ...visit, path: `${cardsPath}/${card.cardId}` }, { card, done }));
  });
}

/** Each card that is found is in the audit trail before it is shown. */
function find({ pool, secrets }: StaffParts, visit: SignedIn, search: Search): Promise<FoundCard[]> {
  return findCards(pool, secrets, { search, actor: actorOf(visit) });
}

/** The card of our number that the path names, or null. */
export async function namedCard(
  parts: StaffParts,
  { c, visit }: { readonly c: StaffContext; readonly visit: SignedIn },
): Promise<FoundCard | null> {
  const named = c.req.param('id') ?? '';
  if (!/^[1-9]\d{0,17}$/.test(named)) return null;
  const [card] = await find(parts, visit, { cardId: BigInt(named) });
  return card ?? null;
}
