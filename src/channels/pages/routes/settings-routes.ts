import { readFields } from '#channels/pages/forms/fields.ts';
import { passwordForm } from '#channels/pages/forms/forms.ts';
import type { Site } from '#channels/pages/holder-app.ts';
import { addressOf } from '#channels/pages/page-context.ts';
import { pagesRoot } from '#channels/pages/rules/return-path.ts';
import { refusalSentences } from '#channels/pages/views/pieces.ts';
import { settingsView } from '#channels/pages/views/settings-view.ts';
import { refusedHeaders, statusOf } from './answers.ts';

const settingsPath = `${pagesRoot}/settings`;
const nothing = { changed: false, faults: {}, refusals: [] };

/** How the pages look, and the query password. */
export function addSettingsRoutes({ app, parts, door, cookies }: Site): void {
  app.get(
    settingsPath,
    door.page((c, holder) =>
      c.html(settingsView(holder, { ...nothing, changed: c.req.query('done') === 'changed' })),
    ),
  );
  app.post(
    `${settingsPath}/password`,
    door.form(settingsPath, async (c, holder, fields) => {
      const read = readFields(passwordForm, fields);
      if ('faults' in read) return c.html(settingsView(holder, { ...nothing, faults: read.faults }), 422);
      const answer = await parts.changePassword({
        cardAccountId: holder.cardAccountId,
        token: holder.sessionToken,
        password: read.value.current,
        newPassword: read.value.next,
        address: addressOf(c, parts.proxyAddress),
      });
      if (!('refusal' in answer)) {
        // Every session ended with the old password; this browser goes on with the new one.
        cookies.keepSession(c, answer.token);
        return c.redirect(`${settingsPath}?done=changed`, 303);
      }
      const refusals = refusalSentences(answer, holder.texts);
      const page = settingsView(holder, { ...nothing, refusals });
      return c.html(page, statusOf(answer.refusal), refusedHeaders(answer));
    }),
  );
}
