import { createHmac, timingSafeEqual } from 'node:crypto';

/** The random halves that only this browser and we know: one from the first visit, one from the sign-in. */
export interface FormSecrets {
  readonly visit: string;
  /** The session's token; empty before the sign-in. */
  readonly session: string;
}

/**
 * The token that every form carries. It follows from what the browser's cookies say and another page cannot
 * read, so nothing is stored; a new sign-in makes a new one.
 */
export function formToken({ visit, session }: FormSecrets): string {
  return createHmac('sha256', `${visit}.${session}`).update('form of the holder pages').digest('base64url');
}

/** Whether a form's token is the one of these secrets. Without a visit there is none. */
export function isFormToken(given: string | undefined, secrets: FormSecrets): boolean {
  if (given === undefined || secrets.visit === '') return false;
  const [is, must] = [Buffer.from(given), Buffer.from(formToken(secrets))];
  return is.length === must.length && timingSafeEqual(is, must);
}
