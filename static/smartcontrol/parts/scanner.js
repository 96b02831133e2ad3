/* The camera: its pictures are read in a worker until one contains a code that is accepted. */
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../texts.js";
import { Icon } from "./icon.js";
import { Notice } from "./notice.js";
import { Screen } from "./screen.js";

const WORKER = new URL("../scanner_worker.js", import.meta.url);
const EVERY = 150;
const LONGEST_EDGE = 960;
const CAMERA = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };

export function Scanner({ accepts, onCode, onClose }) {
  const video = useRef(null);
  const [stream, setStream] = useState(null);
  const [trouble, setTrouble] = useState(null);
  useCamera(video, setStream, setTrouble);
  useReading(video, stream, accepts, onCode);
  return html`
    <${Screen} title=${t("scan.title")} actions=${html`
      <${Torch} stream=${stream} />
      <button type="button" class="button" onClick=${onClose}>${t("scan.type")}</button>
    `}>
      ${trouble ? html`<${Notice} kind="error"><p>${t(`scan.${trouble}`)}</p><//>` : html`<p role="status">${t("scan.text")}</p>`}
      <video ref=${video} class="camera" muted playsinline autoplay aria-label=${t("scan.picture")}></video>
    <//>
  `;
}

function useCamera(video, setStream, setTrouble) {
  useEffect(() => {
    let stream = null;
    let over = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices.getUserMedia(CAMERA).then(
      (opened) => {
        stream = opened;
        if (over) {
          stop();
          return;
        }
        video.current.srcObject = stream;
        setStream(stream);
      },
      (error) => setTrouble(error.name === "NotAllowedError" ? "forbidden" : "noCamera"),
    );
    return () => {
      over = true;
      stop();
    };
  }, []);
}

function useReading(video, stream, accepts, onCode) {
  useEffect(() => {
    if (!stream) return undefined;
    const worker = new Worker(WORKER, { type: "module" });
    const canvas = document.createElement("canvas");
    let busy = false;
    worker.onmessage = ({ data }) => {
      busy = false;
      if (data.text && accepts(data.text)) onCode(data.text);
    };
    const timer = setInterval(() => {
      const picture = busy ? null : pictureOf(video.current, canvas);
      if (!picture) return;
      busy = true;
      worker.postMessage(picture, [picture.data.buffer]);
    }, EVERY);
    return () => {
      clearInterval(timer);
      worker.terminate();
    };
  }, [stream]);
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

function Torch({ stream }) {
  const [on, setOn] = useState(false);
  const track = stream?.getVideoTracks()[0];
  if (!track?.getCapabilities?.().torch) return null;
  const turn = async () => {
    await track.applyConstraints({ advanced: [{ torch: !on }] });
    setOn(!on);
  };
  return html`
    <button type="button" class="button" aria-pressed=${on} onClick=${turn}><${Icon} name="lightbulb" /> ${t("scan.torch")}</button>
  `;
}
