// The workers and styles come first: GraphiQL's editor looks for them when it is loaded.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { GraphiQL } from 'graphiql';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const { pathname } = window.location;

/** Asks the address that this page itself came from. */
async function fetcher(params, { headers } = {}) {
  const response = await fetch(pathname, {
    method: 'POST',
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(params),
  });
  return await response.json();
}

const response = await fetch('/graphiql/default-query');
createRoot(document.getElementById('graphiql')).render(
  createElement(GraphiQL, { fetcher, defaultQuery: await response.text() }),
);
