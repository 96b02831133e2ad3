/* The texts of the app in the person's language, and how it writes dates and numbers. Django's catalogue has them:
   installers/smartcontrol/texts.py. */
import { signal } from "./html.js";
import { serverNow } from "./server_time.js";

const texts = signal({});
let language = "en";
let zone;
let wanted = null;
let loading = null;

/** The last language that was wanted wins, whichever file arrives last. */
export function loadTexts(tag, timeZone) {
  zone = timeZone ?? zone;
  const next = tag?.startsWith("de") ? "de" : "en";
  if (wanted !== next) {
    wanted = next;
    loading = load(next);
  }
  return loading;
}

async function load(name) {
  const response = await fetch(new URL(`texts/${name}.json`, import.meta.url));
  const found = await response.json();
  if (wanted !== name) return;
  texts.value = found;
  // Dates and times as in Europe: the fleets are there.
  language = name === "en" ? "en-GB" : name;
  document.documentElement.lang = name;
}

/** The text with this name; `{name}` in it becomes `values.name`. */
export function t(name, values = {}) {
  const text = texts.value[name];
  if (text === undefined) return name;
  return text.replace(/\{(\w+)\}/g, (_found, key) => values[key] ?? "");
}

/** `name.one` or `name.other`, by the language's rule. */
export function plural(name, n) {
  return t(`${name}.${new Intl.PluralRules(language).select(n)}`, { n });
}

/** A word of the API, such as a status, for people. Words that are newer than this build are shown as they are. */
export function word(kind, value) {
  return texts.value[`${kind}.${value}`] ?? value;
}

const formats = new Map();

/** To make a format takes longer than to write a hundred dates with it. */
function dates(parts, locale = language) {
  const key = locale + JSON.stringify(parts);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, parts));
  return formats.get(key);
}

export function day(iso) {
  if (!iso) return "";
  const date = new Date(`${iso}T12:00:00Z`);
  return dates({ weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(date);
}

export function time(at) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const parts = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  if (!isToday) Object.assign(parts, { day: "numeric", month: "short" });
  return dates(parts).format(date);
}

/** "4 s", "3 min", "2 h": how old a value is. */
export function age(at, now) {
  const seconds = Math.max(0, Math.round((now - new Date(at)) / 1000));
  if (seconds < 90) return t("age.seconds", { n: seconds });
  if (seconds < 5400) return t("age.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 48 * 3600) return t("age.hours", { n: Math.round(seconds / 3600) });
  return t("age.days", { n: Math.round(seconds / 86400) });
}

/** "7:42", or "7 h 42 min" for what lasts hours. */
export function left(until, now) {
  const seconds = Math.max(0, Math.round((new Date(until) - now) / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return t("left.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

export function isToday(iso) {
  return iso === dates({ timeZone: zone }, "en-CA").format(serverNow());
}

export function number(value) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value);
}

/** The labels of fields begin with a small letter. */
export function capital(text) {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** A value of the API in words: of a field, a signal or a test. */
export function shown(value) {
  if (value === null || value === undefined || value === "") return t("notSet");
  if (value === true) return t("yes");
  if (value === false) return t("no");
  if (typeof value === "number") return number(value);
  if (typeof value === "object") return Object.values(value).map(shown).join(", ");
  return word("value", value);
}

/** Why a job can fail, as choices. */
export function reasons() {
  const names = Object.keys(texts.value).filter((name) => name.startsWith("reason."));
  const order = JSON.parse(texts.value["reasons.order"] ?? "[]");
  return names
    .map((name) => ({ value: name.slice("reason.".length), label: texts.value[name] }))
    .sort((one, other) => order.indexOf(one.value) - order.indexOf(other.value));
}
