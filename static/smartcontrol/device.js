/* What the phone itself offers: lasting storage, a screen that stays awake, a new build, and what is missing here. */
import { useEffect } from "./html.js";
import { betweenEntries } from "./sending.js";
import { lacks, newBuild } from "./store.js";

const WORKER = "/smartcontrol/sw.js";
const SCOPE = "/smartcontrol/";
const LOOK_FOR_BUILD = 60 * 60_000;
let waiting = null;

export const isInstalled = () =>
  matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
/** Safari deletes what a site kept after seven days without use, until the app is on the home screen. */
export const isForgetful = () =>
  /^((?!chrome|android|crios|fxios).)*safari/i.test(navigator.userAgent) && !isInstalled();

export async function prepare() {
  if (!isSecureContext) lacks.value = [...lacks.value, "secure"];
  else if (!navigator.mediaDevices?.getUserMedia) lacks.value = [...lacks.value, "camera"];
  navigator.storage?.persist?.();
  if ("serviceWorker" in navigator) await registerWorker();
}

async function registerWorker() {
  const registration = await navigator.serviceWorker.register(WORKER, {
    scope: SCOPE,
    updateViaCache: "none",
  });
  const offer = (worker) => {
    if (!navigator.serviceWorker.controller) return; // the first one: there is nothing to take over
    waiting = worker;
    newBuild.value = true;
  };
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed") offer(worker);
    });
  });
  setInterval(() => registration.update().catch(() => {}), LOOK_FOR_BUILD);
}

/** Let the new build take over. No entry is being sent meanwhile. */
export function takeNewBuild() {
  return betweenEntries(
    () =>
      new Promise(() => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
        waiting.postMessage("take over");
      }),
  );
}

/** Keep the screen on while `wanted`, where the phone can. */
export function useAwake(wanted) {
  useEffect(() => {
    if (!wanted || !navigator.wakeLock) return undefined;
    let lock = null;
    let over = false;
    const hold = async () => {
      if (document.visibilityState !== "visible" || over) return;
      lock = await navigator.wakeLock.request("screen").catch(() => null);
      if (over) lock?.release();
    };
    hold();
    document.addEventListener("visibilitychange", hold);
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", hold);
      lock?.release();
    };
  }, [wanted]);
}
