// GraphiQL, served by ourselves, with an hour's worth of ready operations.

import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";

import { fetcher, TOKEN_HINT } from "./fetcher";
import { Mark } from "./mark";
import { OPERATIONS, type Operation, type Samples } from "./operations";
import { readFirstAnswer, readSamples } from "./samples";
import "./theme.css";

const HEADERS = JSON.stringify({ authorization: TOKEN_HINT }, null, 2);

function tabOf(operation: Operation, samples: Samples) {
  const variables = operation.variables?.(samples);
  return {
    query: operation.query,
    variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
    headers: operation.needsToken === true ? HEADERS : null,
  };
}

async function start(root: HTMLElement): Promise<void> {
  const [samples, answer] = await Promise.all([
    readSamples(),
    readFirstAnswer(OPERATIONS[0]?.query ?? "{ __typename }"),
  ]);
  const roomy = window.matchMedia("(min-width: 600px)").matches;
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={OPERATIONS.map((operation) => tabOf(operation, samples))}
      defaultEditorToolsVisibility={roomy}
      response={answer}
      shouldPersistHeaders={false}
    >
      <GraphiQL.Logo>
        <a href="/" className="obole-home">
          <Mark /> Obole
        </a>
      </GraphiQL.Logo>
    </GraphiQL>,
  );
}

const root = document.getElementById("graphiql");
if (root !== null) void start(root);
