/* A token, and a function that calls OneAPI. The examples below import it. */
const { BASE_URL, CLIENT_ID, CLIENT_SECRET } = process.env;

type Options = { body?: unknown; key?: string; headers?: Record<string, string> };

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

async function newToken(): Promise<string> {
  const answer = await fetch(`${BASE_URL}/oauth/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).access_token;
}

/** Return the answer. Repeat with the same key while the limit of calls is reached. */
export async function call(method: string, path: string, options: Options = {}): Promise<Response> {
  const request: RequestInit = {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      "Idempotency-Key": options.key ?? crypto.randomUUID(),
      "Content-Type": "application/json",
      ...options.headers,
    },
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${BASE_URL}/api/oneapi/v1${path}`, request);
    if (answer.ok) return answer;
    const isBusy = answer.status === 429 || answer.status === 503;
    if (!isBusy || attempt === 4) throw new Problem(await answer.json());
    const seconds = Number(answer.headers.get("Retry-After"));
    await new Promise((done) => setTimeout(done, seconds * 1000));
  }
}

const token = await newToken();
