import { readFields } from '#channels/pages/forms/fields.ts';
import { passwordForm, pinForm } from '#channels/pages/forms/forms.ts';
import { addressOf, type Fields, type Holder, type PageContext } from '#channels/pages/page-context.ts';
import type { NewPasswordRefusal, NewPinRefusal, Refused } from '#channels/pages/parts.ts';
import { settingsPath } from '#channels/pages/rules/return-path.ts';
import type { Site } from '#channels/pages/site.ts';
import { refusalSentences } from '#channels/pages/views/pieces.ts';
import { settingsView } from '#channels/pages/views/settings-view.ts';
import { refusedHeaders, statusOf } from './answers.ts';

const nothing = { done: null, faults: {}, refusals: [] };

/** How the pages look, the query password and the payment PIN. */
export function addSettingsRoutes(site: Site): void {
  const { app, door } = site;
  app.get(
    settingsPath,
    door.beforeChange.page((c, holder) => {
      const done = c.req.query('done');
      const shown = done === 'changed' || done === 'pin' ? done : null;
      return c.html(settingsView(holder, { ...nothing, done: shown }));
    }),
  );
  app.post(
    `${settingsPath}/password`,
    door.beforeChange.form(settingsPath, (c, holder, fields) => changePassword(site, { c, holder, fields })),
  );
  app.post(
    `${settingsPath}/pin`,
    door.form(settingsPath, (c, holder, fields) => choosePin(site, { c, holder, fields })),
  );
}

interface Sent {
  readonly c: PageContext;
  readonly holder: Holder;
  readonly fields: Fields;
}

async function changePassword({ parts, cookies }: Site, { c, holder, fields }: Sent): Promise<Response> {
  const read = readFields(passwordForm, fields);
  if ('faults' in read) return c.html(settingsView(holder, { ...nothing, faults: read.faults }), 422);
  const answer = await parts.changePassword({
    cardAccountId: holder.cardAccountId,
    token: holder.sessionToken,
    password: read.value.current,
    newPassword: read.value.next,
    address: addressOf(c, parts.proxyAddress),
  });
  if ('refusal' in answer) return refused(c, holder, answer);
  // Every session ended with the old password; this browser goes on with the new one.
  cookies.keepSession(c, answer.token);
  return c.redirect(`${settingsPath}?done=changed`, 303);
}

async function choosePin({ parts }: Site, { c, holder, fields }: Sent): Promise<Response> {
  const read = readFields(pinForm, fields);
  if ('faults' in read) return c.html(settingsView(holder, { ...nothing, faults: read.faults }), 422);
  const { password, pin } = read.value;
  const answer = await parts.choosePin({ cardAccountId: holder.cardAccountId, password, pin });
  if (answer !== 'chosen') return refused(c, holder, answer);
  return c.redirect(`${settingsPath}?done=pin`, 303);
}

function refused(
  c: PageContext,
  holder: Holder,
  answer: Refused<NewPasswordRefusal | NewPinRefusal>,
): Response | Promise<Response> {
  const page = settingsView(holder, { ...nothing, refusals: refusalSentences(answer, holder.texts) });
  return c.html(page, statusOf(answer.refusal), refusedHeaders(answer));
}
