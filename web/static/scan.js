// The scanner's page loads this: the checker's WASM starts itself once it is there.
import init from './checker.js';

init();

// Everything else waits until the camera shows, or it is clear that there is none.
const OFFER_AFTER = 4000;
const SERVICE_WORKER = '/sw' + '.js'; // one address for every version, so not the name by content that the bundle would put here
document.addEventListener('playing', keep, { capture: true, once: true });
setTimeout(keep, OFFER_AFTER);
let kept;

// The service worker keeps this page for when there is no network.
function keep() {
  kept ??= register().catch(() => {}); // refused: the page works with a network, and says so
}

async function register() {
  const registration = await navigator.serviceWorker.register(SERVICE_WORKER, { updateViaCache: 'none' });
  offer(registration.waiting);
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  await registration.periodicSync?.register('lists', { minInterval: 12 * 3600 * 1000 });
}

function watch(worker) {
  worker?.addEventListener('statechange', () => worker.state === 'installed' && offer(worker));
}

// A new service worker waits while a page of the old version is open. It may begin where this page is the only one, and
// of its own version already; whether that is so, it finds out itself.
function offer(worker) {
  worker?.postMessage({ page: import.meta.url });
}
