/* The time of the server, by which leases, prompts and ages are counted: the phone's own clock may be a day off. */

/** What is less than this is the way of the answer, and the seconds to which its date is rounded. */
const EXACT = 5_000;
let ahead = 0;

/** An answer has come, which says when it was written. */
export function noteDate(text) {
  const difference = Date.now() - Date.parse(text);
  if (Number.isNaN(difference)) return;
  ahead = Math.abs(difference) < EXACT ? 0 : difference;
}

/** In milliseconds; before the first answer that of the phone. */
export function serverNow() {
  return Date.now() - ahead;
}
