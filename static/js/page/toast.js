/* Toasts: short messages that aria-live reads out. They disappear after a while, errors stay. */
import { on } from "./dom.js";

const SHOWN_FOR = 5000;

export function toast(text, kind = "info") {
  const notice = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  notice.classList.add(kind);
  notice.querySelector("[data-text]").textContent = text;
  document.getElementById("toasts").append(notice);
  if (kind !== "error") setTimeout(() => notice.remove(), SHOWN_FOR);
}

// The server sends this event with an answer to htmx.
document.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail.kind));
on("click", "[data-dismiss]", (button) => button.closest(".notice").remove());
