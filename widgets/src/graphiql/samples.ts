// Fills the tabs' variables with what this server really has, so that they run as they are.

import { post } from "./fetcher";
import type { Samples } from "./operations";

const QUERY = `{
  periods(first: 12) { nodes { key status } }
  contents(first: 3, orderBy: MOST_CLICKED) { nodes { id } }
}`;

const IN_WORDS: Samples = {
  ids: ["an id from the first tab"],
  periodKey: "2026-11",
  settledKey: "2026-10",
};

interface Period {
  key: string;
  status: "OPEN" | "CLOSED" | "SETTLED";
}

/** Three contents, the open month and the last settled one; said in words where there are none. */
export async function readSamples(): Promise<Samples> {
  try {
    const { data } = await post({ query: QUERY });
    const ids: string[] = data.contents.nodes.map(({ id }: { id: string }) => id);
    const periods: Period[] = data.periods.nodes;
    const last = (status: string) => periods.find((period) => period.status === status)?.key;
    return {
      ids: ids.length > 0 ? ids : IN_WORDS.ids,
      periodKey: last("OPEN") ?? IN_WORDS.periodKey,
      settledKey: last("SETTLED") ?? last("OPEN") ?? IN_WORDS.settledKey,
    };
  } catch {
    return IN_WORDS;
  }
}

/** The first tab's answer, for the first thing that is seen; nothing where tabs are remembered. */
export async function readFirstAnswer(query: string): Promise<string | undefined> {
  if (localStorage.getItem("graphiql:tabState") !== null) return undefined;
  return JSON.stringify(await post({ query }), null, 2);
}
