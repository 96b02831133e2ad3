/* Which screen is open: the part of the URL behind #, so that no screen needs the network. */
import { computed, signal } from "./html.js";

const path = signal(current());

function current() {
  return location.hash.replace(/^#\/?/, "");
}

addEventListener("hashchange", () => {
  path.value = current();
});

/** {screen, id, step}: `#/jobs/<id>/work/<step>` and the like. */
export const route = computed(() => {
  const [first, id, screen, step] = path.value.split("/");
  if (first === "jobs" && id) return { screen: screen || "job", id, step: step || null };
  return { screen: first || "home", id: null, step: null };
});

export const href = {
  home: "#/",
  account: "#/account",
  waiting: "#/waiting",
  job: (id) => `#/jobs/${id}`,
  work: (id, step) => `#/jobs/${id}/work${step ? `/${step}` : ""}`,
  vehicle: (id) => `#/jobs/${id}/vehicle`,
  handback: (id) => `#/jobs/${id}/handback`,
};

function go(to) {
  location.hash = to;
}

/** The way on from the screen that is open now. An answer that comes later moves nobody who has gone elsewhere. */
export function wayOn() {
  const from = location.hash;
  return (to) => {
    if (location.hash === from) go(to);
  };
}

/** Replace the screen, so that *back* does not lead to it. */
export function goInstead(to) {
  location.replace(to);
}
