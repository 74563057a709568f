// Fills the tabs' variables with what this server really has, so that they run as they are.

import { post } from "./fetcher";
import type { Samples } from "./operations";

const QUERY = `{
  period { key }
  contents(first: 3, orderBy: MOST_CLICKED) { nodes { id } }
}`;

const IN_WORDS: Samples = {
  ids: ["an id from the first tab"],
  periodKey: "2026-11",
};

/** Three contents and the open month, which is the one to close, settle and read. */
export async function readSamples(): Promise<Samples> {
  try {
    const { data } = await post({ query: QUERY });
    const ids: string[] = data.contents.nodes.map(({ id }: { id: string }) => id);
    return {
      ids: ids.length > 0 ? ids : IN_WORDS.ids,
      periodKey: data.period?.key ?? IN_WORDS.periodKey,
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
