/** One statement of a migration, and what a person wrote above or in it to let it through. */
export interface MigrationStatement {
  /** Without comments, in lower case, its white space made single: for looking at, not for running. */
  readonly plain: string;
  /** As it stands in the file: what is run. */
  readonly text: string;
  /** The reason of `-- allowed: reason`. */
  readonly allowed: string | undefined;
}

/** What separates the parts of a file for drizzle-kit, and so for us. */
const breakpoint = '--> statement-breakpoint';
const outside = '-- run outside a transaction';
/** A comment, a quoted text or name, a body between dollars, or the end of a statement. */
const token =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[a-z_]*\$)[\s\S]*?\1|;|[^-/'"$;]+|[-/$'"]/gi;

/** Whether the file's statements are run one by one, each for itself: its first line says so. */
export function isOutsideTransaction(sql: string): boolean {
  return sql.trimStart().split('\n', 1)[0]?.trim() === outside;
}

/** The statements of a migration file, in order. */
export function statementsOf(sql: string): MigrationStatement[] {
  return sql.split(breakpoint).flatMap(splitAtSemicolons);
}

function splitAtSemicolons(part: string): MigrationStatement[] {
  const found: MigrationStatement[] = [];
  let text = '';
  let plain = '';
  const end = () => {
    const tidy = plain.toLowerCase().replace(/\s+/g, ' ').trim();
    const allowed = /--\s*allowed:[ \t]*(\S[^\n]*)/.exec(text)?.[1]?.trim();
    if (tidy !== '') found.push({ text: text.trim(), plain: tidy, allowed });
    text = '';
    plain = '';
  };
  for (const [piece] of part.matchAll(token)) {
    if (piece === ';') {
      end();
      continue;
    }
    text += piece;
    plain += piece.startsWith('--') || piece.startsWith('/*') ? ' ' : piece;
  }
  end();
  return found;
}
