// The workers and styles come first: GraphiQL's editor looks for them when it is loaded.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { GraphiQL } from 'graphiql';
import { getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const { pathname } = window.location;

/** Asks the address that this page itself came from. A subscription goes on until it is stopped, or cut off: then it says so. */
async function fetcher(params, { headers } = {}) {
  if (isSubscription(params))
    return createClient({ url: pathname, headers, retryAttempts: 0 }).iterate(params);
  const response = await fetch(pathname, {
    method: 'POST',
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(params),
  });
  return await response.json();
}

/** By the text itself: what GraphiQL knows of it comes a moment after it was typed. */
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false;
  }
}

const response = await fetch('/graphiql/default-query');
createRoot(document.getElementById('graphiql')).render(
  createElement(GraphiQL, { fetcher, defaultQuery: await response.text() }),
);
