import { consentVersion } from '#channels/pages/consent-version.ts';
import { readFields } from '#channels/pages/forms/fields.ts';
import { consentForm } from '#channels/pages/forms/forms.ts';
import type { Holder, PageContext } from '#channels/pages/page-context.ts';
import type { MandateRefusal, Refused } from '#channels/pages/parts.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { type MandatePage, mandateView } from '#channels/pages/views/mandate-view.ts';
import { refusalSentences } from '#channels/pages/views/pieces.ts';
import { refusedHeaders, statusOf } from './answers.ts';

const mandatePath = `${pagesRoot}/mandate`;

/** Agreeing to automatic top-up, and revoking it. */
export function addMandateRoutes(site: Site): void {
  const { app, parts, door } = site;
  app.get(
    mandatePath,
    door.page(async (c, holder) => {
      const done = c.req.query('done');
      return c.html(
        await show(site, holder, { done: done === 'agreed' || done === 'revoked' ? done : null }),
      );
    }),
  );
  app.post(
    mandatePath,
    door.form(mandatePath, async (c, holder, fields) => {
      const read = readFields(consentForm, fields);
      if ('faults' in read) {
        return c.html(await show(site, holder, { faults: read.faults, typed: fields }), 422);
      }
      const { threshold, amount, version } = read.value;
      const { cardAccountId } = holder;
      // Agreed is what was read: a page from before the change of the text agrees to nothing.
      const answer =
        version === consentVersion
          ? await parts.consentTo({
              cardAccountId,
              thresholdFen: threshold,
              amountFen: amount,
              consentVersion,
            })
          : ({ refusal: 'consent-outdated' } as const);
      if (answer !== 'agreed') return refused(site, c, { answer, typed: fields });
      return c.redirect(`${mandatePath}?done=agreed`, 303);
    }),
  );
  app.post(
    `${mandatePath}/revoke`,
    door.form(mandatePath, async (c, holder) => {
      const answer = await parts.revokeMandate(holder.cardAccountId);
      // A second click finds it revoked.
      if (answer !== 'revoked' && answer.refusal !== 'mandate-missing') return refused(site, c, { answer });
      return c.redirect(`${mandatePath}?done=revoked`, 303);
    }),
  );
}

async function show({ parts }: Site, holder: Holder, page: Partial<MandatePage>) {
  const { cardAccountId } = holder;
  await parts.recordLook({ cardAccountId, act: 'mandate-looked-at' });
  const mandate = await parts.mandateOf(cardAccountId);
  return mandateView(holder, { mandate, done: null, faults: {}, refusals: [], typed: {}, ...page });
}

interface RefusedHere {
  readonly answer: Refused<MandateRefusal>;
  readonly typed?: MandatePage['typed'];
}

async function refused(site: Site, c: PageContext, { answer, typed = {} }: RefusedHere): Promise<Response> {
  const holder = c.var.visit as Holder;
  const page = await show(site, holder, { refusals: refusalSentences(answer, holder.texts), typed });
  return c.html(page, statusOf(answer.refusal), refusedHeaders(answer));
}
