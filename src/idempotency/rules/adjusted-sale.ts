/**
 * The field of an outcome's detail that says of which sale of the batch it is but the difference, by trace number. No
 * sector has one of this name, so only a channel that was told of an adjustment pins it.
 */
export const adjustsField = 'adjusts';

/** The trace number in that field of an outcome's detail, as PostgreSQL reads it; null for all else. */
export function adjustedTraceSql(detail: string): string {
  // Nearly every outcome has no detail, or a short one without the word: the pattern is not tried on those.
  return `case when ${detail} like '%${adjustsField}=%' then
        (regexp_match(${detail}, '(?:^|;)${adjustsField}=([0-9]{1,6})(?:;|$)'))[1]::int end`;
}
