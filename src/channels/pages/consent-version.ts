/**
 * The version of the agreement on automatic top-up in `texts/`: what a holder agrees to is kept by it. A change
 * of a sentence there is a new version here.
 */
export const consentVersion = '2026-11-25';
