import { readPurses } from '#channels/pages/read-lines.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { homeView } from '#channels/pages/views/home-view.ts';

/** The first page. */
export function addHomeRoutes({ app, parts, door }: Site): void {
  app.get(
    pagesRoot,
    door.page(async (c, holder) => {
      const { cardAccountId } = holder;
      await parts.recordLook({ cardAccountId, act: 'balances-looked-at' });
      const asOfMs = parts.nowMs();
      const [card, purses, pending] = await Promise.all([
        parts.cardOf(cardAccountId),
        readPurses(parts, cardAccountId),
        parts.pendingOf(cardAccountId),
      ]);
      const lifted = c.req.query('done') === 'lifted';
      return c.html(homeView(holder, { card, purses, pending, asOfMs, lifted }));
    }),
  );
}
