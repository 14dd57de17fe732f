import { z } from 'zod';

/** What is wrong with a field; each has a sentence in every language. */
const fieldFaults = [
  'card-number-shape',
  'password-missing',
  'new-password-shape',
  'passwords-differ',
  'pin-shape',
  'pins-differ',
  'loss-kind-missing',
  'yuan-shape',
  'agreement-missing',
] as const;
export type FieldFault = (typeof fieldFaults)[number];

/** The faults of a form, by the field that has them. */
export type FieldFaults = Readonly<Record<string, FieldFault>>;

/** A field that must match, or has this fault. */
export function textField(pattern: RegExp, fault: FieldFault) {
  return z.string(fault).regex(pattern, fault);
}

/** Reads forms whose faults are these. Only the first fault of a field is told. */
export function fieldReader<Fault extends string>(known: readonly Fault[]) {
  return <T>(
    schema: z.ZodType<T>,
    fields: Readonly<Record<string, string>>,
  ): { readonly value: T } | { readonly faults: Readonly<Record<string, Fault>> } => {
    const parsed = schema.safeParse(fields);
    if (parsed.success) return { value: parsed.data };
    const faults: Record<string, Fault> = {};
    for (const issue of parsed.error.issues) {
      const field = String(issue.path[0] ?? '');
      const fault = known.find((one) => one === issue.message);
      // A message that is not ours is a schema without a sentence: a fault of the program.
      if (fault === undefined) throw new Error(`the field "${field}" has no sentence for its fault`);
      faults[field] ??= fault;
    }
    return { faults };
  };
}

/** The fields as the form means them, or what is wrong with each. */
export const readFields = fieldReader(fieldFaults);
