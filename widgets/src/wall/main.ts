// The wall: subscribes to a creator's counters and keeps them on the screen, for months.

import { Board, type Counter } from "./board";
import { Connection, type State } from "./connection";
import { find, Gauge, type Numbers } from "./gauge";
import { freshPage, makeOf } from "./page";
import { hideIdlePointer, stayOn } from "./screen";
import { Status } from "./status";
import "./wall.css";
import { Words } from "./words";

const COUNTERS = "subscription($ids:[ID!]!){counters(ids:$ids){contentId total period supporters seq}}";
const STATS = "subscription($handle:String!){creatorStats(handle:$handle){total period}}";
const DRAW_MS = 1_000;
const LIST_MS = 30_000;
/** After an overtaking the list is asked for soon, but not with every click. */
const ORDER_MS = 3_000;

const words = new Words(document);
const status = new Status(words);
const sum = new Gauge(find<HTMLElement>(document, ".sum"), words);
const board = new Board(document, words);
const make = makeOf(document);

let subscribed = "";
let unsubscribe = (): void => undefined;
let soon: number | undefined;

function onState(state: State): void {
  status.show(state);
  if (state === "lost") for (const gauge of [sum, ...board.gauges]) gauge.lose();
  if (state === "live") void readList();
}

function onCounter(counter: Counter): void {
  board.show(counter);
  if (board.outOfOrder) soon ??= window.setTimeout(() => void readList(), ORDER_MS);
}

/** Hold exactly the contents that are on the page. */
function subscribe(): void {
  const { ids } = board;
  if (ids.join() === subscribed) return;
  subscribed = ids.join();
  unsubscribe();
  unsubscribe =
    ids.length === 0
      ? () => undefined
      : connection.subscribe<{ counters: Counter }>({ query: COUNTERS, variables: { ids } }, ({ counters }) => onCounter(counters));
}

/** Follow the server's list; a page made anew is loaded anew. */
async function readList(): Promise<void> {
  window.clearTimeout(soon);
  soon = undefined;
  const fresh = await freshPage();
  if (fresh === null) return;
  if (makeOf(fresh) !== make) return location.reload();
  board.follow(fresh);
  subscribe();
}

const connection = new Connection(onState);
connection.subscribe<{ creatorStats: Numbers }>(
  { query: STATS, variables: { handle: find<HTMLElement>(document, ".sum").dataset.creator } },
  ({ creatorStats }) => sum.show(creatorStats),
);
subscribe();
window.setInterval(() => void readList(), LIST_MS);
window.setInterval(() => [sum, ...board.gauges].forEach((gauge) => gauge.draw()), DRAW_MS);
window.addEventListener("resize", () => [sum, ...board.gauges].forEach((gauge) => gauge.draw()));
stayOn();
hideIdlePointer();
