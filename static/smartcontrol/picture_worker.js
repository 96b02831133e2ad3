/* Makes photos smaller beside the page. */
import { shrink } from "./picture.js";

self.onmessage = async ({ data: file }) => {
  try {
    self.postMessage(await shrink(file, (width, height) => new OffscreenCanvas(width, height)));
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
