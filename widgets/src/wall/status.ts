// The visible sign: live in a corner, lost across the whole width, back for a few seconds.

import type { State } from "./connection";
import { find } from "./gauge";
import type { Words } from "./words";

const BACK_MS = 5_000;

export class Status {
  readonly #root = document.documentElement;
  readonly #sentence = find<HTMLElement>(document, ".status .state");
  readonly #words: Words;
  #timer: number | undefined;

  constructor(words: Words) {
    this.#words = words;
    this.#say("connecting");
  }

  /** The connection has become `state` this moment. */
  show(state: State): void {
    const back = state === "live" && this.#root.dataset.state === "lost";
    this.#say(back ? "back" : state);
    if (back) this.#timer = window.setTimeout(() => this.#say("live"), BACK_MS);
  }

  #say(state: State | "back"): void {
    window.clearTimeout(this.#timer);
    this.#root.dataset.state = state;
    this.#sentence.textContent = this.#words.state(state, new Date());
  }
}
