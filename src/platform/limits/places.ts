/** Does the work if there is a place for it; "busy" at once, and before anything was done, if there is none. */
export type Places = <T>(work: () => Promise<T>) => Promise<T | 'busy'>;

/**
 * So many works may be under way at a time. Whoever waits for somebody outside holds a place meanwhile, so that one
 * that is slow holds up its own callers only up to here: the rest are told, and come back.
 */
export function openPlaces(max: number): Places {
  let taken = 0;
  return async (work) => {
    if (taken >= max) return 'busy';
    taken += 1;
    try {
      return await work();
    } finally {
      taken -= 1;
    }
  };
}
