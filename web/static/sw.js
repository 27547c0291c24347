// Keeps the scanner for when there is no network. The server writes the line before this one (`http/shell.rs`):
// const SHELL = { version, files: [address], stock: [address], pages: { address: SHA-256 } }, all of one version, which is
// its hash. The files for stock checks are kept from the first one on.
const CACHE = `shirushi-shell-${SHELL.version}`;
const LIMIT = 4000; // a page that takes longer than this is taken from here
const LISTS = 'shirushi-lists';

// Where there is SIMD (as `worker.js` finds out), the decoder that does without is never asked for.
const SIMD = WebAssembly.validate(Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
));
const FILES = SHELL.files.filter((address) => !(SIMD && address.includes('reader_plain')));

// All or nothing: a version with a part missing, or with a page of another version, is not installed.
self.addEventListener('install', (event) => event.waitUntil(install()));

async function install() {
  const cache = await caches.open(CACHE);
  try {
    await cache.addAll(await counts() ? FILES.concat(SHELL.stock) : FILES);
    await Promise.all(Object.entries(SHELL.pages).map(([address, hash]) => addPage(cache, address, hash)));
  } catch (problem) {
    await caches.delete(CACHE);
    throw problem;
  }
}

const COUNTS = '/kept/counts';

async function counts() {
  return await (await caches.open(LISTS)).match(COUNTS) !== undefined;
}

async function keepStock() {
  await (await caches.open(LISTS)).put(COUNTS, new Response());
  await (await caches.open(CACHE)).addAll(SHELL.stock);
}

async function addPage(cache, address, hash) {
  const response = await fetch(address, { cache: 'reload', credentials: 'omit' });
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
  const found = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!response.ok || found !== hash) throw new Error(`${address} is of another version`);
  await cache.put(address, response);
}

// The old version goes when none of its pages is open any more.
self.addEventListener('activate', (event) => event.waitUntil(activate()));

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('shirushi-shell-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('message', (event) => event.waitUntil(event.data?.counts ? keepStock() : takeOver(event.data?.page)));

// At once, where the one page that is open is of this version: it came by the network, and nothing older is left.
async function takeOver(page) {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const own = page && SHELL.files.includes(new URL(page).pathname);
  if (own && open.length === 1) await self.skipWaiting();
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (event.request.mode === 'navigate') {
    if (/^\/($|scan$|check$|v\/)/.test(url.pathname)) event.respondWith(navigate(event.request, url));
  } else if (url.pathname.startsWith('/s/')) {
    event.respondWith(file(event.request));
  }
});

async function file(request) {
  return await kept(request) ?? fetch(request);
}

// The network first, since only it knows what holds now; then the scanner, which judges by its lists.
async function navigate(request, url) {
  const fetched = fetch(request);
  const failed = fetched.then((response) => response.status >= 500, () => true);
  const late = new Promise((resolve) => setTimeout(resolve, LIMIT, true));
  if (!await Promise.race([failed, late])) return fetched;
  return await kept(page(url.searchParams.get('lang'))) ?? fetched;
}

function page(chosen) {
  const addresses = Object.keys(SHELL.pages);
  const wanted = [chosen, ...navigator.languages].filter(Boolean).map((tag) => tag.toLowerCase());
  const exact = (tag) => addresses.find((address) => ['=', '-'].some((sign) => address.endsWith(sign + tag)));
  return wanted.map((tag) => exact(tag) ?? exact(tag.split('-')[0])).find(Boolean) ?? addresses[0];
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request, { ignoreVary: true });
}

// Now and then while no page is open. What comes is laid aside: the checker looks whether it is to be believed.
self.addEventListener('periodicsync', (event) => event.waitUntil(refresh()));

async function refresh() {
  const lists = await caches.open(LISTS);
  const sources = await (await lists.match('/kept/sources'))?.json() ?? {};
  await Promise.all(Object.entries(sources).map(async ([kind, address]) => {
    const response = await fetch(address, { cache: 'no-cache', credentials: 'omit' });
    if (response.ok) await lists.put(`/kept/${kind}/new`, response);
  }));
}
