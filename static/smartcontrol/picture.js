/* A photo as it is sent: JPEG of at most 2,048 pixels, upright, without the place where it was taken. It is made in a
   worker where the browser can, so that the screen goes on. */

const WORKER = new URL("./picture_worker.js", import.meta.url);
const LONGEST_EDGE = 2048;
const PREVIEW_EDGE = 240;
const QUALITY = 0.85;
const PREVIEW_QUALITY = 0.7;

/** {body, contentType, preview} of a file: the form with its parts, finished, and a small picture as a `data:` URL. */
export async function pictureOf(file, kind) {
  const { picture, preview } = await (canUseWorker() ? inWorker(file) : shrink(file, newCanvas));
  const form = new FormData();
  form.append("kind", kind);
  form.append("file", picture, "photo.jpg");
  const sent = new Response(form);
  const contentType = sent.headers.get("Content-Type");
  const [body, url] = await Promise.all([sent.arrayBuffer(), asUrl(preview)]);
  return { body: new Uint8Array(body), contentType, preview: url };
}

const canUseWorker = () => typeof OffscreenCanvas !== "undefined" && typeof Worker !== "undefined";

function inWorker(file) {
  const worker = new Worker(WORKER, { type: "module" });
  const done = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data));
    worker.onerror = () => reject(new Error("The picture could not be read."));
  });
  worker.postMessage(file);
  return done.finally(() => worker.terminate());
}

/** Both sizes of a picture as JPEG. `canvasOf(width, height)` makes what it is drawn on. */
export async function shrink(file, canvasOf) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const picture = await drawn(bitmap, LONGEST_EDGE, QUALITY, canvasOf);
    const preview = await drawn(bitmap, PREVIEW_EDGE, PREVIEW_QUALITY, canvasOf);
    return { picture, preview };
  } finally {
    bitmap.close();
  }
}

function drawn(bitmap, longest, quality, canvasOf) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = canvasOf(width, height);
  const drawing = canvas.getContext("2d");
  drawing.fillStyle = "white";
  drawing.fillRect(0, 0, width, height);
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(bitmap, 0, 0, width, height);
  return asJpeg(canvas, quality);
}

function asJpeg(canvas, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((resolve, reject) => {
    const done = (blob) => (blob ? resolve(blob) : reject(new Error("No memory for the picture.")));
    canvas.toBlob(done, "image/jpeg", quality);
  });
}

function newCanvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function asUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
