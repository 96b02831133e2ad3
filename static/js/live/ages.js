/* Ages go on while a page is open. They count from when they were shown, whatever the clock here says. */
import { TEXTS } from "../page/dom.js";

// As in core/values/shown.py: from how many seconds on, how many are one, and the words.
const AGES = [
  [2 * 86_400, 86_400, "daysAgo"],
  [3600, 3600, "hoursAgo"],
  [60, 60, "minutesAgo"],
  [0, 1, "secondsAgo"],
];
const shownAt = new WeakMap();

function inWords(seconds) {
  const [, one, name] = AGES.find(([least]) => seconds >= least);
  return TEXTS[name].replace("{n}", Math.floor(seconds / one));
}

export function countAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    if (!shownAt.has(time)) shownAt.set(time, Date.now());
    const since = Math.max(0, (Date.now() - shownAt.get(time)) / 1000);
    const text = inWords(Number(time.dataset.age) + since);
    if (time.textContent !== text) time.textContent = text;
  }
}
