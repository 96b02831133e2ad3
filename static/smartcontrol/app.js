/* Chooses the screen. A new screen takes the focus to its heading, so that it is read out. */
import { html, useEffect, useRef } from "./html.js";
import { Toast } from "./parts/toast.js";
import { route } from "./router.js";
import { Account } from "./screens/account.js";
import { Handback } from "./screens/handback.js";
import { Home } from "./screens/home.js";
import { Job } from "./screens/job.js";
import { SignIn } from "./screens/sign_in.js";
import { Vehicle } from "./screens/vehicle.js";
import { Waiting } from "./screens/waiting.js";
import { Work } from "./screens/work.js";
import { me, standing } from "./store.js";
import { t } from "./texts.js";

const SCREENS = {
  home: Home,
  job: Job,
  work: Work,
  vehicle: Vehicle,
  handback: Handback,
  waiting: Waiting,
  account: Account,
};

export function App() {
  const here = route.value;
  useFocusOn(`${here.screen}/${here.id}/${here.step}`);
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("skip")}</a>
    <${Current} ...${here} />
    <${Toast} />
  `;
}

function Current({ screen, id, step }) {
  if (!me.value)
    return standing.value === "starting"
      ? html`<main class="starting">SmartControl</main>`
      : html`<${SignIn} />`;
  const Chosen = SCREENS[screen] ?? Home;
  return html`<${Chosen} key=${id} id=${id} step=${step} />`;
}

function useFocusOn(place) {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [place]);
}

/** The part behind # is the screen, so that a link to a place on it moves the focus itself. */
function skip(event) {
  event.preventDefault();
  const main = document.getElementById("main");
  main.tabIndex = -1;
  main.focus();
}
