// The lists of a checker without a network: kept, fetched, and asked. What is kept is not trusted: the WASM checks every
// signature again, and that nothing is older than what was seen before.
//
// A question is a message with one port to answer on: { open: { pin, origins, oldest } } first, then { kept: { fetch, now } }
// → { status, index, isOver, stored }, and { judge: { link, number, model, now } } → { answer: JSON }. Times in seconds.
import init, { Offline } from './lists.js';

const KINDS = ['trust', 'status', 'index']; // whom to believe comes first
const SLOWEST = 30000;

let opened;

// Nobody who asks for a verdict waits for a list that is being fetched.
self.onmessage = async ({ data, ports: [port] }) => port.postMessage(await answer(data).catch(() => ({})));

async function answer({ open, kept, judge }) {
  if (open) {
    await (opened ??= start(open));
    return {};
  }
  const keeper = await opened;
  if (judge) return { answer: keeper.offline.answer(judge.link, judge.number, judge.model, judge.now) };
  if (kept.fetch !== undefined) {
    keeper.refreshing ??= refresh(keeper).finally(() => { keeper.refreshing = undefined; });
    await keeper.refreshing;
  }
  const [status, index, until] = keeper.offline.ages();
  const oldest = status + keeper.oldest;
  return {
    status: status || undefined,
    index: index || undefined,
    isOver: kept.now >= Math.min(oldest, until),
    stored: keeper.stored,
  };
}

async function start({ pin, origins, oldest }) {
  await init();
  const store = await caches.open('shirushi-lists').catch(() => undefined);
  const memory = await (await store?.match('/kept/memory'))?.text() ?? '';
  const offline = Offline.open(pin, origins, Number(oldest), memory);
  const keeper = { offline, store, oldest: Number(oldest), stored: store !== undefined, tags: {} };
  for (const kind of KINDS) {
    // What the service worker fetched meanwhile, else what was good the last time.
    const fetched = await store?.match(`/kept/${kind}/new`);
    const taken = fetched && await take(keeper, kind, fetched);
    if (fetched) await store.delete(`/kept/${kind}/new`).catch(() => {});
    const known = taken ? undefined : await store?.match(`/kept/${kind}`);
    if (known) await take(keeper, kind, known, false);
  }
  return keeper;
}

// Takes a list in, and keeps it, where it is believed.
async function take(keeper, kind, response, keep = true) {
  const copy = response.clone();
  if (!keeper.offline.take(kind, new Uint8Array(await response.arrayBuffer()))) return false;
  keeper.tags[kind] = response.headers.get('etag');
  if (keep) await write(keeper, `/kept/${kind}`, copy);
  return true;
}

async function write(keeper, name, response) {
  try {
    await keeper.store.put(name, response);
  } catch {
    keeper.stored = false; // refused, or full
  }
}

const address = {
  trust: (offline) => `/.well-known/shirushi/trust-list/${offline.wanted_pin()}`,
  status: () => '/status-lists/0.cwt',
  index: () => '/product-index',
};

async function refresh(keeper) {
  try {
    for (const kind of KINDS) await fetchList(keeper, kind);
  } catch {
    return; // no network: what is there goes on to serve, and says how old it is
  }
  await write(keeper, '/kept/memory', new Response(keeper.offline.memory()));
  const sources = Object.fromEntries(KINDS.map((kind) => [kind, address[kind](keeper.offline)]));
  await write(keeper, '/kept/sources', new Response(JSON.stringify(sources)));
}

async function fetchList(keeper, kind) {
  const tag = keeper.tags[kind];
  const ask = () => fetch(address[kind](keeper.offline), {
    headers: tag ? { 'if-none-match': tag } : {},
    cache: 'no-store',
    credentials: 'omit',
    signal: AbortSignal.timeout(SLOWEST),
  });
  let response = await ask();
  if (response.status === 404 && kind === 'trust') {
    keeper.offline.pin_is_gone();
    response = await ask();
  }
  if (response.ok) await take(keeper, kind, response);
}
