// A large number whose digits roll to their new values; screen readers get it as one text.

const ROLL_MS = 200;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Numeral {
  readonly #element: HTMLElement;
  readonly #format: Intl.NumberFormat;
  readonly #text = document.createElement("span");
  readonly #cells = document.createElement("span");
  #value: number;
  #next: number | null = null;
  #rolling = false;

  constructor(element: HTMLElement, value: number, format: Intl.NumberFormat) {
    this.#element = element;
    this.#format = format;
    this.#value = value;
    this.#text.className = "said";
    this.#cells.className = "cells";
    this.#cells.setAttribute("aria-hidden", "true");
    element.replaceChildren(this.#text, this.#cells);
    this.#settle(value);
  }

  /** Show `value`; while the digits still roll, only the newest one waits. */
  show(value: number): void {
    this.#next = value;
    if (!this.#rolling) void this.#roll();
  }

  async #roll(): Promise<void> {
    this.#rolling = true;
    while (this.#next !== null) {
      const value = this.#next;
      this.#next = null;
      if (value === this.#value) continue;
      if (!still.matches && !document.hidden) await this.#turn(value);
      this.#settle(value);
    }
    this.#rolling = false;
  }

  /** Roll every digit that differs: upwards where the number grows. */
  async #turn(value: number): Promise<void> {
    const from = this.#format.format(this.#value);
    const to = this.#format.format(value);
    this.#size(to);
    this.#fill(from.padStart(to.length));
    const target = to.padStart(this.#cells.children.length);
    const turns = [...this.#cells.children].map((cell, place) => {
      const character = target[place] ?? " ";
      return cell.textContent === character ? null : turn(cell, character, value > this.#value);
    });
    await Promise.all(turns);
  }

  #settle(value: number): void {
    const said = this.#format.format(value);
    this.#value = value;
    this.#size(said);
    this.#text.textContent = said;
    this.#fill(said);
  }

  #size(said: string): void {
    this.#element.dataset.length = String(said.length);
  }

  /** One cell a character; those that are right stay, and with them what fades in them. */
  #fill(said: string): void {
    const characters = [...said];
    while (this.#cells.children.length > characters.length) this.#cells.firstElementChild?.remove();
    while (this.#cells.children.length < characters.length) this.#cells.prepend(cellOf());
    characters.forEach((character, place) => {
      const cell = this.#cells.children[place];
      if (cell === undefined || (cell.textContent === character && cell.childElementCount === 1)) return;
      cell.replaceChildren(faceOf(character));
      cell.classList.toggle("sign", !/\d/.test(character));
    });
  }
}

function cellOf(): HTMLElement {
  const cell = document.createElement("span");
  cell.className = "cell";
  return cell;
}

function faceOf(character: string): HTMLElement {
  const face = document.createElement("span");
  face.className = "face";
  face.textContent = character;
  return face;
}

async function turn(cell: Element, character: string, up: boolean): Promise<void> {
  const old = cell.firstElementChild;
  const face = faceOf(character);
  face.classList.add("arriving");
  cell.classList.toggle("sign", !/\d/.test(character));
  cell.append(face);
  const [away, here] = up ? ["-100%", "100%"] : ["100%", "-100%"];
  const timing = { duration: ROLL_MS, easing: "cubic-bezier(.2,.7,.2,1)", fill: "forwards" as const };
  const leaving = old?.animate([{ transform: "none" }, { transform: `translateY(${away})` }], timing);
  const arriving = face.animate([{ transform: `translateY(${here})` }, { transform: "none" }], timing);
  await Promise.allSettled([leaving?.finished, arriving.finished]);
  cell.replaceChildren(faceOf(character));
}
