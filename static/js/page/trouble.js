/* htmx: an ended session leads to signing in. Errors are shown with the id that support asks for. */
import { describeTrouble, parsePage, TEXTS } from "./dom.js";
import { keepAll } from "./drafts.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const url = new URL(detail.xhr.responseURL || location.href);
  if (!url.pathname.startsWith("/accounts/login")) return;
  detail.shouldSwap = false;
  keepAll();
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`/accounts/login/?next=${here}`);
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  const id = detail.xhr.getResponseHeader("X-Flow-ID") ?? detail.xhr.status;
  toast(describeTrouble(parsePage(detail.xhr.responseText), id), "error");
});

document.addEventListener("htmx:sendError", () => toast(TEXTS.offline, "error"));
