/* Preact, its hooks, signals and htm under one roof: the only module that names the libraries' files. */
import htm from "../vendor/htm/htm.js";
import { h } from "../vendor/preact/preact.js";

export { useCallback, useEffect, useId, useRef, useState } from "../vendor/preact/hooks.js";
export { Fragment, render } from "../vendor/preact/preact.js";
export {
  batch,
  computed,
  effect,
  signal,
  useComputed,
  useSignal,
} from "../vendor/preact-signals/signals.js";

export const html = htm.bind(h);
