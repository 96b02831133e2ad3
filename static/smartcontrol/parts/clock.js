import { signal, useEffect } from "../html.js";

/** The time now, once a second while something shows it. */
export const now = signal(Date.now());
let users = 0;
let timer = null;

export function useClock() {
  useEffect(() => {
    users += 1;
    if (users === 1) {
      now.value = Date.now();
      timer = setInterval(() => {
        now.value = Date.now();
      }, 1000);
    }
    return () => {
      users -= 1;
      if (!users) clearInterval(timer);
    };
  }, []);
  return now.value;
}
