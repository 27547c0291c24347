// The scanner's page loads this.

// The camera opens, and its picture shows, while the checker is still on its way, which then takes it over under this name.
// It is asked for as `browser/camera.rs` does, which tells what is wrong, too. A camera that the reader chose is left to the
// checker, and so is a page opened for a label.
const CHOSEN = /^[01]\t[01]\t./;
if (isSecureContext && navigator.mediaDevices && location.pathname === '/scan' && !CHOSEN.test(remembered())) {
  globalThis.camera = navigator.mediaDevices.getUserMedia({
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  globalThis.camera.then(show, () => {});
}

// The checker's WASM starts itself once it is there. Where it does not come, the camera is let go.
const counts = location.pathname === '/scan' && new URLSearchParams(location.search).has('stock');
(counts ? import('./stock.js') : import('./checker.js'))
  .then(({ default: init }) => init())
  .catch(letGo);

const written = document.getElementById('scanner').firstElementChild; // by the server; the checker clears it away

function show(srcObject) {
  const picture = Object.assign(document.createElement('video'), { srcObject, muted: true, playsInline: true, autoplay: true });
  picture.className = 'early';
  written.before(picture); // nothing goes before what is cleared away
}

async function letGo() {
  document.querySelector('.early')?.remove();
  (await globalThis.camera?.catch(() => {}))?.getTracks().forEach((track) => track.stop());
}

function remembered() {
  try {
    return localStorage.getItem('shirushi.mine') ?? '';
  } catch {
    return '';
  }
}

// Everything else waits until the camera shows, or it is clear that there is none.
const OFFER_AFTER = 4000;
const SERVICE_WORKER = '/sw' + '.js'; // one address for every version, so not the name by content that the bundle would put here
document.addEventListener('playing', () => globalThis.camera || keep(), { capture: true });
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
  if (counts) navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ counts }));
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
