/** A counter with many people behind one address gets along with this; a machine that guesses does not. */
const triesMax = 30;
const windowMs = 60_000;
/** More addresses than this are not remembered; the one that was quiet longest is forgotten. */
const addressesMax = 20_000;

export interface AddressLimit {
  /** Counts a try of this address: 0, or how many seconds it has to wait before another is looked at. */
  take(address: string): number;
}

interface Window {
  startedAtMs: number;
  count: number;
  before: number;
}

/**
 * How often one address may try, on this instance: a window that slides (the one before counts by the part of it
 * that is still inside). It only saves work; what protects a password is the count in the database.
 */
export function limitAddresses(nowMs: () => number, limits = { triesMax, addressesMax }): AddressLimit {
  const windows = new Map<string, Window>();
  return {
    take: (address) => {
      const name = networkOf(address);
      const now = nowMs();
      const window = slid(windows.get(name), now);
      windows.delete(name);
      if (windows.size >= limits.addressesMax) windows.delete(windows.keys().next().value as string);
      windows.set(name, window);
      const inside = 1 - (now - window.startedAtMs) / windowMs;
      if (window.count + window.before * inside >= limits.triesMax) {
        return Math.max(1, Math.ceil((window.startedAtMs + windowMs - now) / 1_000));
      }
      window.count += 1;
      return 0;
    },
  };
}

function slid(window: Window | undefined, now: number): Window {
  if (window === undefined || now >= window.startedAtMs + 2 * windowMs || now < window.startedAtMs) {
    return { startedAtMs: now, count: 0, before: 0 };
  }
  if (now < window.startedAtMs + windowMs) return window;
  return { startedAtMs: window.startedAtMs + windowMs, count: 0, before: window.count };
}

/** One household has as many IPv6 addresses as it likes, but one network of 64 bits. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  return address.split(':').slice(0, 4).join(':');
}
