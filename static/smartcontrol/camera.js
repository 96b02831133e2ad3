/* The camera's pictures, read in a worker until one contains a code. The desk's page that enters units uses it too. */

export const CAMERA = {
  video: { facingMode: "environment", width: { ideal: 1280 } },
  audio: false,
};

const EVERY = 150;
const LONGEST_EDGE = 960;

/* Pass each text that is read to `onText`. Returns what stops it. */
export function readCodes(video, workerUrl, onText) {
  const worker = new Worker(workerUrl, { type: "module" });
  const canvas = document.createElement("canvas");
  let busy = false;
  worker.onmessage = ({ data }) => {
    busy = false;
    if (data.text) onText(data.text);
  };
  const timer = setInterval(() => {
    const picture = busy ? null : pictureOf(video, canvas);
    if (!picture) return;
    busy = true;
    worker.postMessage(picture, [picture.data.buffer]);
  }, EVERY);
  return () => {
    clearInterval(timer);
    worker.terminate();
  };
}

function pictureOf(video, canvas) {
  if (!video?.videoWidth) return null;
  const scale = Math.min(1, LONGEST_EDGE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
  const { data, width, height } = drawing.getImageData(0, 0, canvas.width, canvas.height);
  return { data, width, height };
}
