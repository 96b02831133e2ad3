/* A job that is on the screen is read again every few seconds, as the server says, while the app is visible. */
import { useEffect, useRef } from "../html.js";
import { lookAt } from "../sync.js";

/** Returns a function that reads it now, for after an action. */
export function useFollowed(id) {
  const look = useRef(() => {});
  useEffect(() => {
    const over = new AbortController();
    let timer = null;
    look.current = async () => {
      clearTimeout(timer);
      if (document.visibilityState !== "visible") return;
      const seconds = await lookAt(id, { signal: over.signal });
      clearTimeout(timer);
      if (!over.signal.aborted) timer = setTimeout(look.current, seconds * 1000);
    };
    const seen = () => look.current();
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => {
      over.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [id]);
  return () => look.current();
}
