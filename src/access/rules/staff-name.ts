/** What staff sign in with: small letters, digits, dots and dashes. */
export const staffNamePattern = /^[a-z][a-z0-9.-]{2,31}$/;
const staffPasswordMin = 12;
const staffPasswordMax = 128;

/** Whether a password of staff is too short, too long, or says the name. Length is what counts (NIST SP 800-63B). */
export function isWeakStaffPassword(password: string, name: string): boolean {
  const { length } = password;
  const hasVariety = new Set(password).size >= staffPasswordMin / 2;
  return (
    length < staffPasswordMin ||
    length > staffPasswordMax ||
    !hasVariety ||
    (name !== '' && password.toLowerCase().includes(name))
  );
}
