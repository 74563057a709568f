// The contents on the page: taken from the server's list, kept in its order, fed by the counters.

import { find, Gauge } from "./gauge";
import type { Words } from "./words";

const MOVE_MS = 200;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export interface Counter {
  readonly contentId: string;
  readonly total: number;
  readonly period: number;
  readonly seq: number;
}

interface Row {
  readonly gauge: Gauge;
  seq: number;
}

export class Board {
  readonly #words: Words;
  readonly #rows = new Map<string, Row>();

  constructor(page: Document, words: Words) {
    this.#words = words;
    for (const element of itemsOf(page)) this.#adopt(element);
  }

  /** The ids on the page, in one order whatever the ranking: so all walls of a creator ask alike. */
  get ids(): string[] {
    return [...this.#rows.keys()].sort();
  }

  get gauges(): Gauge[] {
    return [...this.#rows.values()].map((row) => row.gauge);
  }

  /** Whether somebody has overtaken somebody since the server ranked them. */
  get outOfOrder(): boolean {
    const totals = itemsOf(document).map((element) => Number(element.dataset.total));
    return totals.some((total, place) => total > (totals[place - 1] ?? Infinity));
  }

  /** Show a counter; what is older than what is shown is dropped. */
  show(counter: Counter): void {
    const row = this.#rows.get(counter.contentId);
    if (row === undefined || counter.seq < row.seq) return;
    row.seq = counter.seq;
    row.gauge.show(counter);
  }

  /** Take over the server's list of now: what came, what went, in its order. */
  follow(fresh: Document): void {
    const list = document.querySelector(".contents");
    const items = itemsOf(fresh);
    if (list === null || items.length === 0) return;
    const before = tops(itemsOf(document));
    const wanted = new Set(items.map((item) => item.dataset.id));
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.gauge.element.remove();
      this.#rows.delete(id);
    }
    for (const item of items) list.append(this.#place(item));
    for (const row of this.#rows.values()) row.gauge.draw();
    slide(before);
  }

  /** The element to show for one of the server's items. */
  #place(item: HTMLElement): HTMLElement {
    const known = this.#rows.get(item.dataset.id ?? "");
    if (known === undefined) return this.#adopt(document.adoptNode(item));
    const [title, newer] = [find(known.gauge.element, "h2"), find(item, "h2")];
    if (title.outerHTML !== newer.outerHTML) title.replaceWith(document.adoptNode(newer));
    return known.gauge.element;
  }

  #adopt(element: HTMLElement): HTMLElement {
    const { id = "", seq } = element.dataset;
    this.#rows.set(id, { gauge: new Gauge(element, this.#words), seq: Number(seq) });
    return element;
  }
}

function itemsOf(page: Document): HTMLElement[] {
  return [...page.querySelectorAll<HTMLElement>(".contents > li")];
}

function tops(elements: readonly HTMLElement[]): Map<HTMLElement, number> {
  return new Map(elements.map((element) => [element, element.offsetTop]));
}

/** Let what has moved slide from where it was. */
function slide(before: ReadonlyMap<HTMLElement, number>): void {
  if (still.matches) return;
  for (const [element, top] of before) {
    const moved = top - element.offsetTop;
    if (moved === 0 || !element.isConnected) continue;
    element.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], {
      duration: MOVE_MS,
      easing: "ease-out",
    });
  }
}
