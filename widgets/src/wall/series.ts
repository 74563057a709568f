// What a number was in the last minutes: the server's steps first, then what was seen live.

export interface Point {
  /** Milliseconds, on this machine's monotonic clock. */
  readonly at: number;
  readonly value: number;
  /** False where nobody watched between the point before and this one. */
  readonly seen: boolean;
}

export const WINDOW_MS = 600_000;
/** Points are at least this far apart, so that a window holds at most some six hundred. */
const APART_MS = 1_000;

/** The numbers before now, walked back from `value` through the clicks of each step. */
export function pointsBefore(value: number, recent: readonly number[], stepMs: number, now: number): Point[] {
  const points: Point[] = [];
  let then = value;
  for (let back = 0; back < recent.length; back += 1) {
    then -= recent[recent.length - 1 - back] ?? 0;
    points.unshift({ at: now - (back + 1) * stepMs, value: Math.max(0, then), seen: true });
  }
  return [...points, { at: now, value, seen: true }];
}

export class Series {
  #points: Point[];
  #seen = true;

  constructor(points: readonly Point[]) {
    this.#points = [...points];
  }

  /** The points of the window, oldest first, with one before it where there is one. */
  get points(): readonly Point[] {
    return this.#points;
  }

  /** Whether the last point still holds, as far as anybody knows. */
  get current(): boolean {
    return this.#seen;
  }

  /** The number is `value` from now on. */
  add(value: number, now: number): void {
    const last = this.#points.at(-1);
    const early = last !== undefined && this.#seen && this.#points.length > 1 && now - last.at < APART_MS;
    const at = early ? last.at : now;
    if (early) this.#points.pop();
    this.#points.push({ at, value, seen: early ? last.seen : this.#seen });
    this.#seen = true;
    this.#forget(now);
  }

  /** Nobody watches from now on, until the next `add`. */
  lose(now: number): void {
    const last = this.#points.at(-1);
    if (last === undefined || !this.#seen) return;
    this.#points.push({ at: now, value: last.value, seen: true });
    this.#seen = false;
  }

  /** How much it went up, or down, within the window, and over how many whole minutes. */
  gained(now: number): { gain: number; minutes: number } {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined) return { gain: 0, minutes: 0 };
    const length = Math.min(WINDOW_MS, now - first.at);
    return { gain: last.value - first.value, minutes: Math.max(1, Math.round(length / 60_000)) };
  }

  #forget(now: number): void {
    const start = now - WINDOW_MS;
    while (this.#points.length > 1 && (this.#points[1]?.at ?? now) <= start) this.#points.shift();
  }

  /** Let go of what has left the window by now. */
  tick(now: number): void {
    this.#forget(now);
  }
}
