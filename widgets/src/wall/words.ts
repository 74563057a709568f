// What the page says, as the server wrote it into the page, with this reader's numbers.

import { find } from "./gauge";
import type { State } from "./connection";

export class Words {
  readonly format: Intl.NumberFormat;
  readonly stepMs: number;
  readonly #signed: Intl.NumberFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #wall: DOMStringMap;
  readonly #status: DOMStringMap;

  constructor(page: Document) {
    const language = page.documentElement.lang;
    this.format = new Intl.NumberFormat(language);
    this.#signed = new Intl.NumberFormat(language, { signDisplay: "always" });
    this.#clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
    this.#wall = find<HTMLElement>(page, ".wall").dataset;
    this.#status = find<HTMLElement>(page, ".status").dataset;
    this.stepMs = Number(this.#wall.stepS) * 1_000;
  }

  /** `56 this month`. */
  thisMonth(period: number): string {
    return fill(this.#status.thisMonth, { n: this.format.format(period) });
  }

  /** `+12 in 10 min`. */
  gained(gain: number, minutes: number): string {
    return fill(this.#wall.gained, { gain: this.signed(gain), minutes: this.format.format(minutes) });
  }

  /** `+12`. */
  signed(gain: number): string {
    return this.#signed.format(gain);
  }

  /** How the connection stands; `since` is when it became so. */
  state(state: State | "back", since: Date): string {
    return fill(this.#status[state], { time: this.#clock.format(since) });
  }
}

function fill(sentence: string | undefined, places: Record<string, string>): string {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (place, name: string) => places[name] ?? place);
}
