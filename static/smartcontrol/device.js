/* What the phone itself offers: lasting storage, a screen that stays awake, a new build, and what is missing here. */
import { useEffect } from "./html.js";
import { inTurn } from "./platform.js";
import { newBuild, setLack } from "./store.js";

const WORKER = "/smartcontrol/sw.js";
const SCOPE = "/smartcontrol/";
const LOOK_FOR_BUILD = 60 * 60_000;
/** After how many seconds storing the app is tried again, if the network did not hold. */
const TRY_AGAIN = [2, 5, 15, 60];
const SHOWN_AFTER = 3;
let waiting = null;

export const isInstalled = () =>
  matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
/** Safari deletes what a site kept after seven days without use, until the app is on the home screen. */
export const isForgetful = () =>
  /^((?!chrome|android|crios|fxios).)*safari/i.test(navigator.userAgent) && !isInstalled();

export function prepare() {
  if (!isSecureContext) setLack("secure");
  else if (!navigator.mediaDevices?.getUserMedia) setLack("camera");
  navigator.storage?.persist?.();
  if (!("serviceWorker" in navigator)) return;
  storeApp();
  if (navigator.serviceWorker.controller) offerWhatAnotherTabTook();
}

/** The files that this page has not loaded yet went with its build. */
function offerWhatAnotherTabTook() {
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    newBuild.value = true;
  });
}

/** Try until the app is on the phone. One failure proves nothing: a slow network also makes it fail. */
async function storeApp() {
  let failures = 0;
  while (!(await isStored())) {
    failures += 1;
    if (failures === SHOWN_AFTER) setLack("offline");
    const seconds = TRY_AGAIN[Math.min(failures, TRY_AGAIN.length) - 1];
    await new Promise((wake) => setTimeout(wake, seconds * 1000));
  }
  setLack("offline", false);
}

async function isStored() {
  const registration = await register();
  if (!registration) return false;
  watch(registration);
  if (registration.active) return true;
  return isTaken(registration.installing ?? registration.waiting);
}

/** Where the script cannot be fetched now, an earlier build is still there. */
async function register() {
  const { serviceWorker } = navigator;
  try {
    return await serviceWorker.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
  } catch {
    return serviceWorker.getRegistration(SCOPE).catch(() => null);
  }
}

/** Whether the worker has stored its build, once that is known. */
function isTaken(worker) {
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === "redundant") resolve(false);
      else if (worker.state !== "installing") resolve(true);
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

function watch(registration) {
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

/** Let the new build take over. No entry is being sent meanwhile, until the page is gone. */
export function takeNewBuild() {
  return inTurn(async () => {
    await takeOver(waiting);
    location.reload();
    return new Promise(() => {});
  });
}

/** In another tab the person may have said so already: then it is there, and only this page is of the old build. */
function takeOver(worker) {
  if (worker?.state !== "installed") return null;
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    worker.postMessage("take over");
  });
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
