import { Secret, TOTP } from 'otpauth';

/** One-time codes (RFC 6238) as every authenticator app makes them: six digits, 30 seconds, HMAC-SHA1. */
const stepMs = 30_000;
/** A clock may be a step off, either way. */
const stepsOff = 1;
export const codeSecretBytes = 20;
const issuer = 'Coconut Island One-Card';

function generator(secret: Buffer, label: string): TOTP {
  const { buffer } = Uint8Array.from(secret);
  return new TOTP({
    issuer,
    label,
    secret: new Secret({ buffer }),
    algorithm: 'SHA1',
    digits: 6,
    period: stepMs / 1_000,
  });
}

/** What an authenticator app reads, mostly as a QR code: `otpauth://totp/…`. It holds the secret. */
export function codeUri(secret: Buffer, name: string): string {
  return generator(secret, name).toString();
}

/** The step of time to which a code belongs, or null for a wrong one. A step that was used is not used again. */
export function stepOfCode(secret: Buffer, code: string, atMs: number): bigint | null {
  if (!/^[0-9]{6}$/.test(code)) return null;
  const off = generator(secret, '').validate({ token: code, timestamp: atMs, window: stepsOff });
  return off === null ? null : BigInt(Math.floor(atMs / stepMs) + off);
}

/** The code of a moment: for the demonstration and tests. */
export function codeAt(secret: Buffer, atMs: number): string {
  return generator(secret, '').generate({ timestamp: atMs });
}
