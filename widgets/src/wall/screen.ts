// Nobody is at the keyboard: the screen stays on, and the pointer goes away.

const IDLE_MS = 3_000;

/** Ask for the screen to stay on, now and whenever the page comes to the front again. */
export function stayOn(): void {
  const ask = (): void => {
    if (!document.hidden) void navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** Hide the pointer until it moves. */
export function hideIdlePointer(): void {
  let timer: number | undefined;
  const moved = (): void => {
    document.documentElement.classList.remove("idle");
    window.clearTimeout(timer);
    timer = window.setTimeout(() => document.documentElement.classList.add("idle"), IDLE_MS);
  };
  document.addEventListener("pointermove", moved, { passive: true });
  moved();
}
