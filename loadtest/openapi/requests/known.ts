/** What a terminal posted and was told: a later request may speak of it, from the same terminal. */
export interface Posted {
  readonly id: string;
  readonly terminalId: number;
  readonly isHold: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Things that exist, by the name of the field that names them: learnt from answers, and told at the start. */
export interface Known {
  /** One of the values of a name, chosen by a number; undefined where there is none. */
  pick(name: string, choice: number): unknown;
  has(name: string): boolean;
  learn(name: string, value: unknown): void;
  readonly posted: Posted[];
}

const valuesMax = 40;
const postedMax = 200;

/** `made` are names whose value is made anew each time, as trace numbers are. */
export function openKnown(made: Readonly<Record<string, (choice: number) => unknown>>): Known {
  const values = new Map<string, unknown[]>();
  const posted: Posted[] = [];
  const push = posted.push.bind(posted);
  posted.push = (...all) => {
    const length = push(...all);
    if (length > postedMax) posted.splice(0, length - postedMax);
    return length;
  };
  return {
    posted,
    has: (name) => name in made || values.has(name),
    pick: (name, choice) => {
      const make = made[name];
      if (make !== undefined) return make(choice);
      const all = values.get(name) ?? [];
      return all[choice % Math.max(1, all.length)];
    },
    learn: (name, value) => {
      const all = values.get(name) ?? [];
      values.set(name, all);
      if (value === null || value === undefined || all.includes(value)) return;
      all.push(value);
      if (all.length > valuesMax) all.shift();
    },
  };
}

/** Learns every value of an answer that has one of these names, wherever it stands. */
export function learnFrom(known: Known, value: unknown, names: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (names.has(name) && typeof inner !== 'object') known.learn(name, inner);
    else learnFrom(known, inner, names);
  }
}
