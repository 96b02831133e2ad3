/* The camera: its pictures are read in a worker until one contains a code that is accepted. */
import { CAMERA, readCodes } from "../camera.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../texts.js";
import { Icon } from "./icon.js";
import { Notice } from "./notice.js";
import { Screen } from "./screen.js";

const WORKER = new URL("../scanner_worker.js", import.meta.url);

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
    return readCodes(video.current, WORKER, (text) => {
      if (accepts(text)) onCode(text);
    });
  }, [stream]);
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
