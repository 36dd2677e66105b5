// GraphiQL against the endpoint that this page was opened at. A token can be given in the fragment of the address,
// as in /graphql#token=…: fragments are not sent to the server, and it is removed from the address at once.
"use strict";

const endpoint = window.location.pathname;
const socketEndpoint = `${window.location.protocol === "https:" ? "wss:" : "ws:"}//${window.location.host}${endpoint}`;

const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
if (token) {
  window.history.replaceState(null, "", endpoint);
}

const sockets = new Map();

function socketFor(authorization) {
  if (!sockets.has(authorization)) {
    const client = window.graphqlWs.createClient({
      url: socketEndpoint,
      lazy: true,
      retryAttempts: 0,
      connectionParams: authorization ? { authorization } : {},
    });
    sockets.set(authorization, client);
  }
  return sockets.get(authorization);
}

// The template of the headers editor has a bearer without a token: that is no authorization.
function withoutEmptyBearer(headers) {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) => !(name.toLowerCase() === "authorization" && /^\s*bearer\s*$/i.test(value)),
    ),
  );
}

function authorizationIn(headers) {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === "authorization");
  return found ? found[1] : undefined;
}

function isSubscription(parameters, document) {
  const operations = (document?.definitions ?? []).filter((node) => node.kind === "OperationDefinition");
  const chosen = parameters.operationName
    ? operations.find((node) => node.name?.value === parameters.operationName)
    : operations[0];
  return chosen?.operation === "subscription";
}

function fetcher(parameters, options) {
  const headers = withoutEmptyBearer(options?.headers ?? {});
  if (isSubscription(parameters, options?.documentAST)) {
    return socketFor(authorizationIn(headers)).iterate(parameters);
  }
  return fetch(endpoint, {
    method: "POST",
    credentials: "omit",
    headers: {
      ...headers,
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
    },
    body: JSON.stringify(parameters),
  }).then((response) => response.json());
}

const welcome = `# Press Ctrl+Enter to run what is here; Ctrl+Space suggests. The book on the left is the reference.
# The token goes into the headers below: {"Authorization": "Bearer …"}

{
  __typename
}
`;

window.ReactDOM.createRoot(document.getElementById("graphiql")).render(
  window.React.createElement(window.GraphiQL, {
    fetcher,
    defaultEditorToolsVisibility: "headers",
    defaultQuery: welcome,
    headers: token ? JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2) : undefined,
    defaultHeaders: JSON.stringify({ Authorization: "Bearer " }, null, 2),
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }),
);
