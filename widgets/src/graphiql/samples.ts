// Fills the tabs' variables with what this server really has, so that they run as they are.

import { post } from "./fetcher";
import type { Samples } from "./operations";

const QUERY = `{
  period { key }
  contents(first: 3, orderBy: MOST_CLICKED) {
    edges { node { id creators { creator { handle } } } }
  }
}`;

const IN_WORDS: Samples = {
  ids: ["an id from the first tab"],
  handle: "a creator's handle",
  periodKey: "2026-11",
};

interface Node {
  id: string;
  creators: { creator: { handle: string } }[];
}

/** Three contents, a creator and the open period; said in words where there are none. */
export async function readSamples(): Promise<Samples> {
  try {
    const { data } = await post({ query: QUERY });
    const nodes: Node[] = data.contents.edges.map(({ node }: { node: Node }) => node);
    return {
      ids: nodes.length > 0 ? nodes.map(({ id }) => id) : IN_WORDS.ids,
      handle: nodes[0]?.creators[0]?.creator.handle ?? IN_WORDS.handle,
      periodKey: data.period?.key ?? IN_WORDS.periodKey,
    };
  } catch {
    return IN_WORDS;
  }
}
