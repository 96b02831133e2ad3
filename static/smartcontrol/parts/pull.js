/* Pulling the page down at its top reads the list again. The button beside it does the same. */
import { useEffect, useState } from "../html.js";

const ENOUGH = 90;

export function usePull(act) {
  const [busy, setBusy] = useState(false);
  const refresh = async () => {
    setBusy(true);
    await act();
    setBusy(false);
  };
  useEffect(() => {
    let from = null;
    const start = (event) => {
      from = scrollY <= 0 ? event.touches[0].clientY : null;
    };
    const end = (event) => {
      if (from !== null && scrollY <= 0 && event.changedTouches[0].clientY - from > ENOUGH)
        refresh();
      from = null;
    };
    document.addEventListener("touchstart", start, { passive: true });
    document.addEventListener("touchend", end, { passive: true });
    return () => {
      document.removeEventListener("touchstart", start);
      document.removeEventListener("touchend", end);
    };
  }, []);
  return { busy, refresh };
}
