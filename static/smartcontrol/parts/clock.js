import { signal, useEffect } from "../html.js";
import { serverNow } from "../server_time.js";

/** The time of the server, once a second while something shows it. */
export const now = signal(serverNow());
let users = 0;
let timer = null;

export function useClock() {
  useEffect(() => {
    users += 1;
    if (users === 1) {
      now.value = serverNow();
      timer = setInterval(() => {
        now.value = serverNow();
      }, 1000);
    }
    return () => {
      users -= 1;
      if (!users) clearInterval(timer);
    };
  }, []);
  return now.value;
}
