/* Start Installation: one screen a step, in the order of the sheet. It can be left and resumed on any phone of the holder. */
import { html } from "../html.js";
import { isMineSoon, may, nameOf, nextStep } from "../job.js";
import { useFollowed } from "../parts/following.js";
import { Notice } from "../parts/notice.js";
import { Screen } from "../parts/screen.js";
import { href } from "../router.js";
import { sheetOf } from "../store.js";
import { t } from "../texts.js";
import { Gone } from "./gone.js";
import { ConfigurationStep } from "./steps/configuration.js";
import { OutcomeStep } from "./steps/outcome.js";
import { PhotosStep } from "./steps/photos.js";
import { TestsStep } from "./steps/tests.js";
import { UnitStep } from "./steps/unit.js";
import { VehicleDataStep } from "./steps/vehicle_data.js";

const STEPS = {
  UNIT: UnitStep,
  VEHICLE_DATA: VehicleDataStep,
  CONFIGURATION: ConfigurationStep,
  TESTS: TestsStep,
  PHOTOS: PhotosStep,
  OUTCOME: OutcomeStep,
};

export function Work({ id, step }) {
  const look = useFollowed(id);
  const sheet = sheetOf(id);
  if (!sheet) return html`<${Gone} />`;
  const name = step && STEPS[step] ? step : nextStep(sheet);
  const Step = STEPS[name] ?? OutcomeStep;
  const isLate = name === "PHOTOS" && may(sheet, "add_photo");
  if (!isMineSoon(sheet) && !isLate) return html`<${NotMine} sheet=${sheet} />`;
  return html`<${Step} key=${name} sheet=${sheet} look=${look} />`;
}

function NotMine({ sheet }) {
  const holder = sheet.assignee?.name;
  return html`
    <${Screen} title=${nameOf(sheet)} back=${href.job(sheet.id)} actions=${html`<a class="button primary" href=${href.job(sheet.id)}>${t("work.toJob")}</a>`}>
      <${Notice} kind="warning">
        <p>${holder && sheet.status === "RUNNING" ? t("job.heldBy", { name: holder }) : t("work.notYours")}</p>
      <//>
    <//>
  `;
}
