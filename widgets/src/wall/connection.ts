// One WebSocket to our own /graphql that never gives up, and says how it stands.

import { type Client, createClient } from "graphql-ws";

/** `live` only once the server's snapshot is here. */
export type State = "connecting" | "live" | "lost";

const PING_MS = 10_000;
const PONG_MS = 5_000;
const ACK_MS = 10_000;
/** Shorter breaks are not worth a word: a server that is replaced says 1012, another one answers. */
const GRACE_MS = 1_000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;

export interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** How long before try number `tries`: twice as long each time, bounded, never all at once. */
export function waitMs(tries: number): number {
  const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10));
  return most * (0.5 + Math.random() / 2);
}

export class Connection {
  readonly #client: Client;
  readonly #onState: (state: State) => void;
  #state: State = "connecting";
  #grace: number | undefined;
  #pong: number | undefined;
  readonly #sleepers = new Set<() => void>();

  constructor(onState: (state: State) => void) {
    this.#onState = onState;
    this.#client = createClient({
      url: new URL("/graphql", location.href.replace(/^http/, "ws")).href,
      keepAlive: PING_MS,
      connectionAckWaitTimeout: ACK_MS,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      retryWait: (tries) => this.#sleep(waitMs(tries)),
      on: {
        closed: () => this.#lost(),
        error: () => this.#lost(),
        ping: (received) => received || this.#expectPong(),
        pong: (received) => received && window.clearTimeout(this.#pong),
      },
    });
    window.addEventListener("online", () => this.#sleepers.forEach((wake) => wake()));
    this.#lost();
  }

  /** Keep asking, whatever ends it; the answer stops it for good. */
  subscribe<Data>(operation: Operation, onData: (data: Data) => void): () => void {
    let stopped = false;
    let stop = (): void => undefined;
    let failures = 0;
    const again = async (): Promise<void> => {
      if (stopped) return;
      this.#lost();
      await this.#sleep(waitMs(failures++));
      if (!stopped) start();
    };
    const start = (): void => {
      stop = this.#client.subscribe<Data>({ ...operation }, {
        next: ({ data, errors }) => {
          if (errors !== undefined || data == null || stopped) return;
          failures = 0;
          this.#live();
          onData(data);
        },
        error: () => void again(),
        complete: () => void again(),
      });
    };
    start();
    return () => {
      stopped = true;
      stop();
    };
  }

  /** Until the time is over, or the machine is back on a network. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        window.clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = window.setTimeout(wake, ms);
      this.#sleepers.add(wake);
    });
  }

  /** A line that is dead but not closed answers no ping. */
  #expectPong(): void {
    window.clearTimeout(this.#pong);
    this.#pong = window.setTimeout(() => this.#client.terminate(), PONG_MS);
  }

  #live(): void {
    window.clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#become("live");
  }

  #lost(): void {
    window.clearTimeout(this.#pong);
    if (this.#state === "lost" || this.#grace !== undefined) return;
    this.#grace = window.setTimeout(() => {
      this.#grace = undefined;
      this.#become("lost");
    }, GRACE_MS);
  }

  #become(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState(state);
  }
}
