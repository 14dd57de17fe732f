import { join } from 'node:path';
import { assetOf, commonSheet, markOf, styleType } from '#channels/pages/assets.ts';
import { staffRoot } from './rules/staff-paths.ts';

/** The parts of the one stylesheet, in the order in which they count, after what all pages have in common. */
const sheets = ['base', 'frame', 'tables', 'forms', 'panels'];

export const staffStyle = assetOf({
  ...{ root: staffRoot, name: 'staff.css', type: styleType },
  files: [commonSheet, ...sheets.map((sheet) => join(import.meta.dirname, 'style', `${sheet}.css`))],
});
export const staffMark = markOf(staffRoot);
export const staffAssets = [staffStyle, staffMark];
