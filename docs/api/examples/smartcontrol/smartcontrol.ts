/* A session, and a function that calls the API. The examples below import it. */
const { BASE_URL, EMAIL, PASSWORD } = process.env;

/** An answer that refuses the call. Programs check its `code`. */
export class Problem extends Error {
  code: string;
  body: any;

  constructor(body: any) {
    super(`${body.code}: ${body.detail} (flow ID ${body.flow_id})`);
    this.body = body;
    this.code = body.code;
  }
}

async function newSession(): Promise<string> {
  const answer = await fetch(`${BASE_URL}/_allauth/app/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).meta.session_token;
}

/** Return the answer. Repeat with the same key where it says when to try again. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<any> {
  const request: RequestInit = {
    method,
    headers: {
      "X-Session-Token": session,
      "Idempotency-Key": crypto.randomUUID(),
      "Content-Type": "application/json",
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${BASE_URL}/api/smartcontrol/v1/${path}`, request);
    if (answer.ok) return answer.json();
    const seconds = answer.headers.get("Retry-After");
    if (seconds === null || attempt === 10) throw new Problem(await answer.json());
    await new Promise((done) => setTimeout(done, Number(seconds) * 1000));
  }
}

const session = await newSession();
