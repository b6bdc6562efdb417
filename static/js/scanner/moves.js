/* Who came or left by acts that this device keeps and the server does not know yet. */

const MOVES = ["in", "out"];

/* By the person's id: { isIn, since, shift_id, name }. `instant` gives the server's time of an act. */
export function movesOf(waiting, instant) {
  const undone = new Set(waiting.map(({ undoes }) => undoes));
  const moved = waiting.filter(
    ({ uid, whom, expected }) => whom && MOVES.includes(expected) && !undone.has(uid),
  );
  return new Map(moved.map((act) => [act.whom, moveOf(act, instant)]));
}

function moveOf({ expected, device_at, shift_id, name }, instant) {
  const since = new Date(instant(Date.parse(device_at))).toISOString();
  return { isIn: expected === "in", since, shift_id, name };
}
