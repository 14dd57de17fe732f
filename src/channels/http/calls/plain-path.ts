/** A letter, digit, or one of "-._~" that is written as "%6d": nobody needs that (RFC 3986, 2.3). */
const hiddenLetter = /%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|4f|6f|5f|7e)/i;
const dotSegment = /\/\.{1,2}(?:\/|$)/;
/** A path with its host before it (RFC 9112, 3.2.2): a proxy reads it as we do. */
const host = /^https?:\/\/[^/?#]*/i;

/**
 * Whether the path of a request is written in the one way that a proxy before us reads it: without letters in disguise
 * and without ways up and down, under which what the proxy keeps for those inside ("/metrics") would be had from outside.
 */
export function isPlainPath(requested: string): boolean {
  const [path = ''] = requested.replace(host, '').split('?', 1);
  return !path.includes('#') && !hiddenLetter.test(path) && !dotSegment.test(path);
}
