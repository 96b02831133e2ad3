/* Receives messages on port 9000. In front of it is a web server with https, which passes them on. */
import { createServer } from "node:http";

const secret = (process.env.WEBHOOK_SECRET ?? "").replace("whsec_", "");
const hmac = { name: "HMAC", hash: "SHA-256" };
const key = await crypto.subtle.importKey("raw", bytes(secret), hmac, false, ["verify"]);

function bytes(base64: string) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

/** One of the signatures fits, and the message was sent in the last five minutes. */
async function isGenuine(headers: Record<string, unknown>, body: string): Promise<boolean> {
  const sentAt = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(sentAt)) < 300)) return false;
  const signed = new TextEncoder().encode(`${headers["webhook-id"]}.${sentAt}.${body}`);
  for (const one of String(headers["webhook-signature"]).split(" ")) {
    const signature = bytes(one.replace("v1,", ""));
    if (await crypto.subtle.verify("HMAC", key, signature, signed)) return true;
  }
  return false;
}

const receiver = createServer(async (request, response) => {
  request.setEncoding("utf8");
  let body = "";
  for await (const part of request) body += part;
  if (!(await isGenuine(request.headers, body))) {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(204).end(); // within 10 seconds; work on the message afterwards
  const message = JSON.parse(body);
  console.log(message.sequence, message.type, message.subject);
});
receiver.listen(Number(process.env.PORT ?? 9000), "127.0.0.1");
