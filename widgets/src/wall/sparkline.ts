// A number's last minutes as a line of steps; dashed where nobody watched, a dot at its end.

import { type Point, type Series, WINDOW_MS } from "./series";

const SVG = "http://www.w3.org/2000/svg";
/** A single click is not a cliff: the line's height is worth at least this many. */
const LEAST_RANGE = 6;
/** The dot's radius: a part of the line's height, between these pixels. */
const DOT = { part: 0.11, least: 3, most: 8 };

interface Place {
  x(at: number): number;
  y(value: number): number;
}

export class Sparkline {
  readonly #svg: SVGSVGElement;
  readonly #base = part("path", "base");
  readonly #line = part("path", "line");
  readonly #unseen = part("path", "unseen");
  readonly #dot = part("circle", "dot");

  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
    svg.replaceChildren(this.#base, this.#unseen, this.#line, this.#dot);
  }

  /** Draw the series up to now, in the pixels the element has. */
  draw(series: Series, now: number): void {
    const { clientWidth: width, clientHeight: height } = this.#svg;
    if (width === 0 || height === 0) return;
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const radius = Math.min(DOT.most, Math.max(DOT.least, height * DOT.part));
    const place = placeOf(series.points, now, width, height, radius);
    const end = series.current ? now : (series.points.at(-1)?.at ?? now);
    const last = series.points.at(-1)?.value ?? 0;
    this.#base.setAttribute("d", `M0 ${height - 0.5}H${width}`);
    this.#line.setAttribute("d", seen(series.points, place, end));
    this.#unseen.setAttribute("d", unseen(series.points, place));
    this.#dot.setAttribute("cx", place.x(end).toFixed(1));
    this.#dot.setAttribute("cy", place.y(last).toFixed(1));
    this.#dot.setAttribute("r", radius.toFixed(1));
  }
}

function part(name: "path" | "circle", className: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  element.setAttribute("class", className);
  return element;
}

function placeOf(points: readonly Point[], now: number, width: number, height: number, radius: number): Place {
  const values = points.map((point) => point.value);
  const least = Math.min(...values);
  const range = Math.max(LEAST_RANGE, Math.max(...values) - least);
  const room = height - 2 * radius - 2;
  return {
    x: (at) => Math.max(0, (width - radius) * (1 - (now - at) / WINDOW_MS)),
    y: (value) => radius + room * (1 - (value - least) / range),
  };
}

/** Level to each point and then up to it; broken where nobody watched. */
function seen(points: readonly Point[], { x, y }: Place, end: number): string {
  const steps = points.map((point, place) =>
    place === 0 || !point.seen
      ? `M${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`
      : `H${x(point.at).toFixed(1)}V${y(point.value).toFixed(1)}`,
  );
  return `${steps.join("")}H${x(end).toFixed(1)}`;
}

function unseen(points: readonly Point[], { x, y }: Place): string {
  return points
    .map((point, place) => {
      const before = points[place - 1];
      if (point.seen || before === undefined) return "";
      const [from, to] = [before, point].map((p) => `${x(p.at).toFixed(1)} ${y(p.value).toFixed(1)}`);
      return `M${from}L${to}`;
    })
    .join("");
}
