// One number of the page with what is beside it: this month's, what was gained, and the line.

import { Numeral } from "./numeral";
import { pointsBefore, Series } from "./series";
import { Sparkline } from "./sparkline";
import type { Words } from "./words";

/** How long a number that moved keeps its colour. */
const FRESH_MS = 1_500;

export interface Numbers {
  readonly total: number;
  readonly period: number;
}

export class Gauge {
  readonly #element: HTMLElement;
  readonly #words: Words;
  readonly #numeral: Numeral;
  readonly #sparkline: Sparkline;
  readonly #series: Series;
  #fresh: number | undefined;
  #total: number;

  /** `element` as the server wrote it: numbers in its data, and a place for each part. */
  constructor(element: HTMLElement, words: Words) {
    const { total, recent = "" } = element.dataset;
    this.#element = element;
    this.#words = words;
    this.#total = Number(total);
    this.#numeral = new Numeral(find(element, ".numeral"), this.#total, words.format);
    this.#sparkline = new Sparkline(find(element, ".spark"));
    const steps = recent.split(" ").filter((step) => step !== "").map(Number);
    this.#series = new Series(pointsBefore(this.#total, steps, words.stepMs, performance.now()));
    this.draw();
  }

  get element(): HTMLElement {
    return this.#element;
  }

  /** Show newer numbers. */
  show({ total, period }: Numbers): void {
    const changed = total !== this.#total;
    this.#total = total;
    this.#element.dataset.total = String(total);
    this.#numeral.show(total);
    find(this.#element, ".period").textContent = this.#words.thisMonth(period);
    this.#series.add(total, performance.now());
    if (changed) this.#freshen();
    this.draw();
  }

  /** The numbers are not known from now on, until the next `show`. */
  lose(): void {
    this.#series.lose(performance.now());
    this.draw();
  }

  /** Move the line on to now. */
  draw(): void {
    const now = performance.now();
    this.#series.tick(now);
    this.#sparkline.draw(this.#series, now);
    this.#nameLastPoint(now);
  }

  /** What was gained: as a sentence at the sum, short where five lines say the same. */
  #nameLastPoint(now: number): void {
    const { gain, minutes } = this.#series.gained(now);
    const sentence = gain === 0 ? "" : this.#words.gained(gain, minutes);
    const brief = gain === 0 ? "" : this.#words.signed(gain);
    find(this.#element, ".gained .sentence").textContent = sentence;
    const shown = this.#element.querySelector(".gained .brief");
    if (shown !== null) shown.textContent = brief;
  }

  #freshen(): void {
    window.clearTimeout(this.#fresh);
    this.#element.classList.add("fresh");
    this.#fresh = window.setTimeout(() => this.#element.classList.remove("fresh"), FRESH_MS);
  }
}

/** The one element that the template promises. */
export function find<Found extends Element>(inside: ParentNode, selector: string): Found {
  const found = inside.querySelector<Found>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
