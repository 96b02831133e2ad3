/* What a job's sheet means for the person: its name, its list, the next step, what they may do. */
import { ahead } from "./queue.js";
import { entries, entriesOf, me } from "./store.js";
import { isToday, shown, t, word } from "./texts.js";

const FINISHED = ["SUCCEEDED", "FAILED"];
const ALLOWED = { allowed: true, code: null, text: null };
const REFUSED = { allowed: false, code: null, text: null };

export function nameOf(sheet) {
  return sheet.license_plate || sheet.custom_name || sheet.vin || t("job.unnamed");
}

export function modelOf(sheet) {
  const model = sheet.vehicle_model;
  return model ? `${model.brand} ${model.model}` : "";
}

export function clientOf(sheet) {
  return `${sheet.fleet.provider.name} ${sheet.fleet.name}`;
}

export function workOf(sheet) {
  return sheet.task ? word("task", sheet.task) : word("kind", sheet.kind);
}

export function isMine(sheet) {
  return sheet.status === "RUNNING" && sheet.assignee?.id === me.value?.person.id;
}

/** Whether the person may use the vehicle: until the access ends, also before the phone has read that it did. */
export function isAccessOpen(sheet, now) {
  if (!isMine(sheet) || !sheet.vehicle) return false;
  return Boolean(sheet.access?.open) && new Date(sheet.access.ends_at) > now;
}

/** Which of the four lists a job is in. */
export function listOf(sheet) {
  if (FINISHED.includes(sheet.status)) return "finished";
  if (sheet.status !== "RUNNING") return "available";
  return isMine(sheet) ? "mine" : "running";
}

export function isForToday(sheet) {
  return !FINISHED.includes(sheet.status) && isToday(sheet.planned_service_date);
}

/** What is sent before an edit of this job that is made now. */
export function entriesAhead(sheet) {
  const edit = { job: sheet.id, action: "fill_in", assignment: sheet.assignment?.id ?? null };
  return ahead(entries.value, edit);
}

/** A field with the value that it has once everything that waits is sent. */
export function fieldSoon(sheet, field) {
  for (const entry of entriesAhead(sheet).toReversed()) {
    if (entry.action === "fill_in" && field.name in (entry.about ?? {})) {
      return { ...field, value: entry.about[field.name], waits: true };
    }
  }
  return field;
}

/** The job's VIN once everything that waits is sent. */
export function vinSoon(sheet) {
  const field = sheet.fields?.find((one) => one.name === "vin");
  const soon = field && fieldSoon(sheet, field);
  return (soon?.waits ? soon.value : sheet.vin) ?? "";
}

const VIN_LENGTH = 17;

/** Whether the VIN that the unit reads is not the one that is typed; half a VIN is none yet. */
export function isOtherVin(read, typed) {
  const vin = (typed ?? "").toUpperCase().replace(/[\s-]/g, "");
  return Boolean(read) && vin.length === VIN_LENGTH && vin !== read;
}

/** The VIN that the unit reads, where the job will have another one; null where there is no difference. */
export function otherVin(sheet) {
  return isOtherVin(sheet.read_vin, vinSoon(sheet)) ? sheet.read_vin : null;
}

/** The value of one of the job's fields, with the label of its choice. */
export function fieldInWords(sheet, field) {
  if (field.name === "vehicle_model_id") return modelOf(sheet);
  const choice = field.choices?.find((one) => one.value === field.value);
  return choice?.label ?? shown(field.value);
}

/** What `verb` would be answered with once what waits is sent: {allowed, code, text}. */
export function permit(sheet, verb) {
  const found = sheet.can?.[verb] ?? REFUSED;
  if (verb === "succeed" && found.code === "incomplete" && !missingSoon(sheet).length)
    return ALLOWED;
  // It takes a second tap.
  if (verb === "succeed" && found.code === "vin_differs") return ALLOWED;
  if (found.code === "wrong_status" && isMineSoon(sheet) && !isMine(sheet))
    return { ...found, text: t("waiting.take") };
  return found;
}

export function may(sheet, verb) {
  return permit(sheet, verb).allowed;
}

/** Whether the person works on it, or will once their waiting *Assign Job to Me* is sent. */
export function isMineSoon(sheet) {
  return (
    isMine(sheet) || entriesOf(sheet.id).some((entry) => entry.action === "take" && !entry.refused)
  );
}

/** Whether the job leaves the person once what waits is sent. */
export function isGoing(sheet) {
  const going = ["withdraw", "handback"];
  return entriesOf(sheet.id).some((entry) => going.includes(entry.action) && !entry.refused);
}

export function stepsOf(sheet) {
  return sheet.steps ?? [];
}

/** The first step that is not done, by which the work goes on. */
export function nextStep(sheet) {
  const open = stepsOf(sheet).find(
    (step) => step.status !== "DONE" && lacking(sheet, step.missing).length,
  );
  return open?.name ?? "OUTCOME";
}

/** What the job still lacks to succeed once everything that waits is sent. */
export function missingSoon(sheet) {
  const outcome = stepsOf(sheet).find((step) => step.name === "OUTCOME");
  return lacking(sheet, outcome?.missing ?? []);
}

/** Of these parts, those that no photo brings which waits or has just been sent. */
export function lacking(sheet, parts) {
  const waiting = entriesAhead(sheet).filter((entry) => entry.action === "photo" && !entry.refused);
  const kinds = [
    ...waiting.map((entry) => entry.about.kind),
    ...(sheet.photos ?? []).map((photo) => photo.kind),
  ];
  return parts.filter((part) => !kinds.some((kind) => part === `photo:${kind}`));
}

export function stepAfter(sheet, name) {
  const names = stepsOf(sheet).map((step) => step.name);
  return names[names.indexOf(name) + 1] ?? null;
}

/** A part that is missing, in words: "unit", "test:GNSS", "photo:SERIAL". */
export function missingInWords(part) {
  const [kind, value] = part.split(":");
  return value ? t(`missing.${kind}`, { name: word(kind, value) }) : word("missing", kind);
}

const SEARCHED = ["number", "license_plate", "vin", "custom_name", "external_reference"];
/** Of a QNR any part finds it, but not a few signs that many have. */
const SHORTEST_QNR = 4;

export function normal(text) {
  return text.toLowerCase().replace(/[\s-]/g, "");
}

export function matches(sheet, wanted) {
  if (!wanted) return true;
  const texts = SEARCHED.map((name) => sheet[name]);
  if (wanted.length >= SHORTEST_QNR) texts.push(sheet.unit?.qnr, sheet.planned_unit?.qnr);
  return texts.some((text) => normal(text ?? "").includes(wanted));
}

/** A QNR as it is printed, sixteen signs in groups of four, also inside a URL or behind a prefix. */
export function qnrIn(text) {
  const found = text.toUpperCase().match(/(?:[0-9A-F]{4}[-\s:]?){3}[0-9A-F]{4}(?![0-9A-F])/g);
  return found ? found.at(-1).replace(/[-\s:]/g, "") : null;
}

/** Whether what is typed can no longer become a QNR. A URL or a prefix of a scanner may still. */
export function isNoQnr(text) {
  if (qnrIn(text) || /[:/?=]/.test(text)) return false;
  return /[^0-9A-F\s-]/i.test(text);
}

export function inGroups(qnr) {
  return (qnr ?? "").replace(/(.{4})(?=.)/g, "$1-");
}
