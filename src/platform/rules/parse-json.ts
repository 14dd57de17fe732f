/** Where a text stops being JSON, counted from 1. */
interface WrongAt {
  readonly line: number;
  readonly column: number;
}

/** Reads JSON; where it is none, the place of the first character that is wrong, and nothing of what stands there. */
export function parseJson(text: string): { readonly json: unknown } | { readonly wrongAt: WrongAt } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    const before = text.slice(0, rightLength(text)).split('\n');
    return { wrongAt: { line: before.length, column: (before.at(-1) ?? '').length + 1 } };
  }
}

/**
 * How much of the text may begin a JSON text. The parser does not always say where it stopped, but it says of the
 * beginning of a text whether only its end is missing.
 */
function rightLength(text: string): number {
  let [right, wrong] = [0, text.length + 1];
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (mayGoOn(text.slice(0, middle))) right = middle;
    else wrong = middle;
  }
  return right;
}

function mayGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as SyntaxError;
    return message.includes('end of JSON input') || message.includes(`at position ${beginning.length}`);
  }
}
