/* Buttons that copy an ID. */
import { on, TEXTS } from "./dom.js";
import { toast } from "./toast.js";

const MARKED_FOR = 1500;

on("click", ".copy, [data-copy]", async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? button.textContent.trim());
  } catch {
    offerByHand(button);
    return;
  }
  button.closest("[popover]")?.hidePopover();
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), MARKED_FOR);
  toast(TEXTS.copied);
});

/* Without access to the clipboard, show or select the text. */
function offerByHand(button) {
  if (button.dataset.copy) toast(button.dataset.copy);
  else getSelection().selectAllChildren(button);
}
