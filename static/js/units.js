/* Scanning QNRs with the camera, one after the other, into the lines of the form. Typing works without it. */
import { CAMERA, readCodes } from "../smartcontrol/camera.js";

const button = document.querySelector("[data-scan]");
const dialog = document.getElementById("scanner");
const lines = document.getElementById("id_units");
const video = dialog?.querySelector("video");
let stop = () => {};

const entered = () =>
  lines.value
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

function show(text) {
  dialog.querySelector("[role=status]").textContent = text;
}

function add(text) {
  const before = entered();
  if (before.includes(text.trim())) return;
  lines.value = `${[...before, text.trim()].join("\n")}\n`;
  lines.dispatchEvent(new Event("input", { bubbles: true }));
  show(dialog.dataset.found.replace("{n}", entered().length).replace("{code}", text.trim()));
}

async function scan() {
  show(dialog.dataset.how);
  dialog.showModal();
  try {
    const stream = await navigator.mediaDevices.getUserMedia(CAMERA);
    if (dialog.open) read(stream);
    else end(stream);
  } catch (error) {
    show(error.name === "NotAllowedError" ? dialog.dataset.forbidden : dialog.dataset.missing);
  }
}

function read(stream) {
  video.srcObject = stream;
  const stopReading = readCodes(video, dialog.dataset.worker, add);
  stop = () => {
    stopReading();
    end(stream);
  };
}

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}

if (button && navigator.mediaDevices?.getUserMedia) {
  button.hidden = false;
  button.addEventListener("click", scan);
  dialog.querySelector("[data-scan-end]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    stop();
    stop = () => {};
    lines.focus();
  });
}
