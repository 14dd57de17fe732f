import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FormSecrets } from '#channels/pages/rules/form-token.ts';

/**
 * Binds a confirmation to what was shown on its page: who, what, before, after, why. It follows from this browser's
 * secrets and the content, so nothing is stored, and a form that says anything else than was shown has no seal.
 */
export function contentSeal({ visit, session }: FormSecrets, content: readonly string[]): string {
  return createHmac('sha256', `${visit}.${session}`)
    .update('confirmation of a staff page')
    .update(JSON.stringify(content))
    .digest('base64url');
}

/** Whether a seal is the one of this content. Nobody seals without a session. */
export function isContentSeal(
  given: string | undefined,
  secrets: FormSecrets,
  content: readonly string[],
): boolean {
  if (given === undefined || secrets.visit === '' || secrets.session === '') return false;
  const [is, must] = [Buffer.from(given), Buffer.from(contentSeal(secrets, content))];
  return is.length === must.length && timingSafeEqual(is, must);
}
