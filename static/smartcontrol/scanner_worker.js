/* Reads QR codes in the camera's pictures, beside the page. */
import { decodeQR } from "../vendor/qr/decode.js";

self.addEventListener("message", ({ data: picture }) => {
  let text = null;
  try {
    text = decodeQR(picture);
  } catch {
    // No code in this picture: the next one may have it.
  }
  postMessage({ text });
});
