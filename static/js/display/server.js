/* Asking the server as a display: an answer, "stopped" for good, or nothing just now. */

const PATIENCE = 8000;
const REFUSALS = [401, 403, 404, 410];

/* This display is known no more: revoked, moved or left. */
export class Stopped extends Error {}

export async function ask(url, body) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    const answer = await fetch(url, {
      cache: "no-store",
      redirect: "error",
      signal: giveUp.signal,
      ...(body && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    if (REFUSALS.includes(answer.status)) throw new Stopped();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    return answer.status === 204 ? null : await answer.json();
  } finally {
    clearTimeout(timer);
  }
}
