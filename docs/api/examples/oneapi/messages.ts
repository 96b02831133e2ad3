import { call } from "./oneapi.ts";

// Where the program is. Keep it where it survives a restart; empty: from the oldest kept message.
let after = "";
const seen = new Set<string>(); // ids: a message may come twice
while (true) {
  const answer = await call("GET", `/messages?after=${after}&limit=50`);
  const page = await answer.json();
  for (const message of page.results) {
    if (seen.has(message.id)) continue;
    seen.add(message.id);
    console.log(message.sequence, message.type, message.subject);
  }
  after = String(page.next_after);
  // Everything is read; a program waits so many seconds and goes on.
  if (answer.headers.get("Poll-After") !== "0") break;
}
console.log(`go on after ${after}`);
