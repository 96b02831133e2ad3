/* Live pages: what the reader sees follows what there is, without a jump, and a line states whether it does. */
import { countAges } from "./live/ages.js";
import { details, refreshDetails } from "./live/details.js";
import { parts, refreshParts } from "./live/parts.js";
import { SignedOut } from "./live/request.js";
import { list, refreshList } from "./live/rows.js";
import { TEXTS } from "./page/dom.js";

const EVERY = 2000;
const LONGEST = 60_000;
const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
const line = document.querySelector("[data-updated]");
let updatedAt = Date.now();
let wait = EVERY;
let timer;

/* Nothing ticks: it says that it is live, or since when it is not. */
function show(trouble = "") {
  const at = new Date(updatedAt).toLocaleTimeString(document.documentElement.lang, CLOCK);
  const text = trouble.replace("{at}", at);
  const place = line.querySelector("[data-trouble]");
  if (place.textContent !== text) place.textContent = text;
  line.classList.toggle("trouble", text !== "");
  line.querySelector("[data-fresh]").textContent = text ? "" : TEXTS.live;
}

async function refreshAll() {
  if (list()) await refreshList();
  if (parts()) await refreshParts();
  if (details()) await refreshDetails(details().dataset.refresh).catch(leaveDeleted);
  updatedAt = Date.now();
  show();
}

/* What the details show was deleted. The row in the list shows that. */
function leaveDeleted(trouble) {
  if (trouble.status !== 404 || !list()) throw trouble;
  details()?.removeAttribute("data-refresh");
}

async function check() {
  timer = null;
  try {
    if (!document.hidden) await refreshAll();
    wait = EVERY;
  } catch (trouble) {
    if (trouble instanceof SignedOut) {
      show(TEXTS.signedOut);
      return;
    }
    wait = Math.min(2 * wait, LONGEST);
    show(trouble.text ?? TEXTS.down);
  }
  timer = setTimeout(check, wait);
}

/* Back on the page, or online again: at once. */
function checkNow() {
  wait = EVERY;
  if (!timer) return;
  clearTimeout(timer);
  check();
}

if (line) {
  document.addEventListener("visibilitychange", () => document.hidden || checkNow());
  addEventListener("online", checkNow);
  setInterval(countAges, 1000);
  show();
  timer = setTimeout(check, wait);
}
