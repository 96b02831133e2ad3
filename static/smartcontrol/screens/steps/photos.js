/* The photos: what is required comes first. A photo waits on the phone until it is sent, and counts from then on. */
import { addPhoto, deletePhoto } from "../../actions.js";
import { html, useRef, useState } from "../../html.js";
import { isMineSoon, permit, stepAfter, stepsOf } from "../../job.js";
import { Button, Refusal, useAct } from "../../parts/act.js";
import { Confirm } from "../../parts/confirm.js";
import { Icon } from "../../parts/icon.js";
import { Choice } from "../../parts/inputs.js";
import { Notice } from "../../parts/notice.js";
import { StepScreen } from "../../parts/step_screen.js";
import { pictureOf } from "../../picture.js";
import { href } from "../../router.js";
import { queue } from "../../sending.js";
import { entriesOf, previewOf, say } from "../../store.js";
import { t, time, word } from "../../texts.js";

const KINDS = ["SERIAL", "MOUNTING", "DASHBOARD", "PLATE", "OTHER"];

export function PhotosStep({ sheet }) {
  const act = useAct();
  const required = sheet.required_photos ?? [];
  const { allowed, text } = permit(sheet, "add_photo");
  const mayAdd = allowed || (isMineSoon(sheet) && sheet.status !== "RUNNING");
  const next = stepsOf(sheet).some((step) => step.name === "PHOTOS") && stepAfter(sheet, "PHOTOS");
  const onFile = (kind, file) => act.run(`photo ${kind}`, () => keepPhoto(sheet, kind, file));
  const photos = photosOf(sheet);
  const actions =
    sheet.status === "RUNNING"
      ? html`<a class="button primary" href=${href.work(sheet.id, next || "OUTCOME")}>${t("next")}</a>`
      : html`<a class="button primary" href=${href.job(sheet.id)}>${t("work.toJob")}</a>`;
  return html`
    <${StepScreen} sheet=${sheet} name="PHOTOS" actions=${actions}>
      <${Refusal} problem=${act.problem} />
      ${!mayAdd && text && html`<${Notice}><p>${text}</p><//>`}
      ${required.map(
        (kind) => html`
        <${Required} key=${kind} sheet=${sheet} kind=${kind} photos=${photos.filter((photo) => photo.kind === kind)} act=${act} onFile=${mayAdd && onFile} />
      `,
      )}
      <${Others} sheet=${sheet} photos=${photos.filter((photo) => !required.includes(photo.kind))} required=${required} act=${act} onFile=${mayAdd && onFile} />
    <//>
  `;
}

async function keepPhoto(sheet, kind, file) {
  let picture;
  try {
    picture = await pictureOf(file, kind);
  } catch {
    return { state: "refused", problem: { text: t("photos.unreadable"), errors: {} } };
  }
  await addPhoto(sheet, kind, picture);
  say(t("photos.kept"));
  return { state: "waiting" };
}

/** What the server has, then what waits on this phone: {id, kind, picture, at, entry}. */
function photosOf(sheet) {
  const entries = entriesOf(sheet.id);
  const going = entries.filter((entry) => entry.action === "delete_photo" && !entry.refused);
  const kept = (sheet.photos ?? []).map((photo) => ({
    ...photo,
    picture: previewOf(photo.id) ?? photo.image,
    at: photo.taken_at ?? photo.created_at,
    isGoing: going.some((entry) => entry.about.photo === photo.id),
  }));
  const waiting = entries
    .filter((entry) => entry.action === "photo")
    .map((entry) => ({
      id: `entry ${entry.id}`,
      kind: entry.about.kind,
      picture: entry.preview,
      at: entry.occurred_at,
      entry,
    }));
  return [...kept, ...waiting];
}

function Required({ sheet, kind, photos, act, onFile }) {
  const heading = `kind-${kind}`;
  const isThere = photos.some((photo) => !photo.entry && !photo.isGoing);
  return html`
    <section class="photos" aria-labelledby=${heading}>
      <h2 id=${heading}>
        <${Icon} name=${isThere ? "check-lg" : "circle"} /> ${word("photo", kind)} <span class="soft">${t("required")}</span>
      </h2>
      <${Pictures} sheet=${sheet} photos=${photos} act=${act} />
      ${onFile && html`<${Take} kind=${kind} act=${act} onFile=${onFile} />`}
    </section>
  `;
}

function Others({ sheet, photos, required, act, onFile }) {
  const kinds = KINDS.filter((kind) => !required.includes(kind));
  const [kind, choose] = useState(null);
  const chosen = kinds.includes(kind) ? kind : kinds.at(-1);
  if (!photos.length && !(onFile && kinds.length)) return null;
  return html`
    <section class="photos" aria-labelledby="others">
      <h2 id="others">${t("photos.others")}</h2>
      <${Pictures} sheet=${sheet} photos=${photos} act=${act} named />
      ${
        onFile &&
        kinds.length > 0 &&
        html`
        <${Choice} name="kind" label=${t("photos.kind")} value=${chosen} choices=${kinds.map((value) => ({ value, label: word("photo", value) }))} onChange=${choose} />
        <${Take} kind=${chosen} act=${act} onFile=${onFile} />
      `
      }
    </section>
  `;
}

/** The camera, or a picture that was taken before. */
function Take({ kind, act, onFile }) {
  return html`
    <div class="entry-actions">
      <${FileButton} name=${`photo ${kind}`} act=${act} capture="environment" onFile=${(file) => onFile(kind, file)}>
        <${Icon} name="camera" /> ${t("photos.take")} <span class="hidden">${word("photo", kind)}</span>
      <//>
      <${FileButton} name=${`gallery ${kind}`} act=${act} kind="plain" onFile=${(file) => onFile(kind, file)}>
        ${t("photos.gallery")} <span class="hidden">${word("photo", kind)}</span>
      <//>
    </div>
  `;
}

function FileButton({ name, act, kind = "", capture, onFile, children }) {
  const input = useRef(null);
  const taken = (event) => {
    const [file] = event.target.files;
    event.target.value = ""; // the same file can be chosen again
    if (file) onFile(file);
  };
  return html`
    <${Button} act=${act} name=${name} kind=${kind} onClick=${() => input.current.click()}>${children}<//>
    <input ref=${input} type="file" accept="image/*" capture=${capture} hidden onChange=${taken} />
  `;
}

function Pictures({ sheet, photos, act, named = false }) {
  if (!photos.length) return null;
  return html`
    <ul class="pictures">
      ${photos.map((photo) => html`<${Picture} key=${photo.id} sheet=${sheet} photo=${photo} act=${act} named=${named} />`)}
    </ul>
  `;
}

function Picture({ sheet, photo, act, named }) {
  const [asking, ask] = useState(false);
  const name = t("photos.one", { kind: word("photo", photo.kind) });
  const mayDelete = photo.entry || (permit(sheet, "delete_photo").allowed && !photo.isGoing);
  const remove = () => (photo.entry ? discard(photo.entry) : deletePhoto(sheet, photo));
  return html`
    <li data-waiting=${Boolean(photo.entry) || photo.isGoing}>
      <img src=${photo.picture} alt=${name} loading="lazy" width="96" height="96" />
      <span>
        ${named && html`<strong>${word("photo", photo.kind)}</strong><br />`}
        <span class="soft">${time(photo.at)} ${!photo.entry && photo.by && html` · ${photo.by.name}`}</span>
        <${Mark} photo=${photo} />
      </span>
      ${
        mayDelete &&
        html`
        <button type="button" class="tap" aria-label=${t("photos.delete", { name })} onClick=${() => ask(true)}><${Icon} name="trash" /></button>
      `
      }
      ${
        asking &&
        html`
        <${Confirm}
          title=${t("photos.deleteTitle", { name })}
          choices=${[{ label: t("photos.deleteIt"), kind: "danger", act: () => act.run("delete", remove) }]}
          onClose=${() => ask(false)}
        >
          <p>${t(photo.entry ? "waiting.discardText" : "photos.deleteText")}</p>
        <//>
      `
      }
    </li>
  `;
}

function discard(entry) {
  return queue.discard(entry.id, { dependants: false });
}

function Mark({ photo }) {
  if (photo.entry?.refused)
    return html`<p class="mark"><${Icon} name="exclamation-triangle" /> <a href=${href.waiting}>${t("photos.refused")}</a></p>`;
  if (photo.entry || photo.isGoing)
    return html`<p class="mark"><${Icon} name="hourglass-split" /> ${t("photos.waiting")}</p>`;
  return null;
}
