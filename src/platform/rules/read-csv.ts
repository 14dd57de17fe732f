/**
 * The fields of one line of CSV (RFC 4180), or null for a line that is none: a quote inside a plain field, text
 * after a closing quote, a quote that is not closed. No field of ours has a line break, so a record is a line.
 */
export function parseCsvLine(line: string): string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line[at] === '"' ? quotedField(line, at) : plainField(line, at);
    if (field === null) return null;
    fields.push(field.text);
    if (field.end === line.length) return fields;
    at = field.end + 1;
  }
}

interface Field {
  readonly text: string;
  /** Where the comma after it stands, or the length of the line. */
  readonly end: number;
}

function plainField(line: string, start: number): Field | null {
  const comma = line.indexOf(',', start);
  const end = comma === -1 ? line.length : comma;
  const text = line.slice(start, end);
  return text.includes('"') ? null : { text, end };
}

function quotedField(line: string, start: number): Field | null {
  let close = line.indexOf('"', start + 1);
  while (close !== -1 && line[close + 1] === '"') close = line.indexOf('"', close + 2);
  if (close === -1) return null;
  const end = close + 1;
  if (end !== line.length && line[end] !== ',') return null;
  return { text: line.slice(start + 1, close).replaceAll('""', '"'), end };
}
