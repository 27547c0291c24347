// The decoder's worker: pictures in, texts out. Pictures stay on the device.
//
// A question is a message with one port to answer on: { frame: VideoFrame | ImageBitmap } or { photograph: File }. The
// answer is { texts, ms }, or { problem: 'picture' | 'reader' }.
const LIVE_FAST = 0, LIVE_FULL = 1, STILL = 2; // the decoder's efforts
const MS = [55, 120, 3000]; // and how long each may take: a quick look two of the camera's frames
const LONGEST_SIDE = 2560; // of a photograph; the decoder looks no closer

// The smallest function with SIMD in it: where it is valid, so is the faster decoder.
const SIMD = WebAssembly.validate(Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
));

let decode;
const ready = (SIMD ? import('./reader.js') : import('./reader_plain.js')).then(async (reader) => {
  const { memory } = await reader.default();
  if (reader.products !== undefined) multiply(new Uint8Array(memory.buffer, reader.products, 256 * 256));
  decode = reader.decode;
});
ready.catch(() => {}); // told with each answer below
// The browser's own reader looks beside ours, where there is one. What it reads is a text like any other, and judged as such.
const theirs = (async () => {
  const formats = await self.BarcodeDetector?.getSupportedFormats();
  return formats?.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : undefined;
})().catch(() => {});
let frames = 0;
let thoroughFrom = 0; // the next thorough look, by performance.now()
let canvas, context;

self.onmessage = async ({ data, ports: [port] }) => {
  const started = performance.now();
  const answer = await read(data).catch((problem) => ({ problem: problem === 'picture' ? problem : 'reader' }));
  port.postMessage({ ...answer, ms: performance.now() - started });
};

async function read({ frame, photograph }) {
  const picture = frame ?? await createImageBitmap(photograph).catch(() => Promise.reject('picture'));
  try {
    const beside = lookBeside(picture);
    await ready;
    const read = await (frame ? live : still)(picture);
    if (read.length) return { texts: read };
    const late = new Promise((resolve) => setTimeout(resolve, MS[frame ? LIVE_FAST : STILL], []));
    return { texts: await Promise.race([beside, late]) };
  } finally {
    picture.close();
  }
}

async function lookBeside(picture) {
  const codes = await (await theirs)?.detect(picture).catch(() => {});
  return codes?.map((code) => code.rawValue) ?? [];
}

// The middle of the frame first, where the label is held; the whole frame every other time, every fourth with more effort
// where that takes no more than a third of the time: what moves is read by many frames and not by long looks.
async function live(frame) {
  const turn = frames++ % 4;
  const cut = turn % 2 ? whole : middle;
  const gray = await plane(frame, cut).catch(() => {}) ?? drawn(frame, cut);
  const started = performance.now();
  if (turn !== 3 || started < thoroughFrom) return texts(gray, LIVE_FAST);
  const read = texts(gray, LIVE_FULL);
  thoroughFrom = 3 * performance.now() - 2 * started;
  return read;
}

function still(photograph) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(photograph.width, photograph.height));
  return texts(drawn(photograph, whole, scale), STILL);
}

const whole = (area) => area;

// The largest square. It begins at even numbers, since colours are stored for two by two pixels.
function middle({ x, y, width, height }) {
  const side = Math.min(width, height);
  const [left, top] = [(width - side) / 2, (height - side) / 2].map((off) => off - off % 2);
  return { x: x + left, y: y + top, width: side, height: side };
}

// A camera's frame has its luminance apart, as it is stored: a telephone held upright may give frames that lie on their
// side, which read as well. Video keeps black at 16 and white at 235 unless it says otherwise; unstretched, one faint print
// in a hundred would be lost.
const STRETCHED = Uint8Array.from({ length: 256 }, (_, level) => Math.max(0, Math.min(255, (level - 16) * 255 / 219)));

async function plane(frame, cut) {
  if (!['I420', 'NV12'].includes(frame.format)) return;
  const rect = cut(frame.visibleRect);
  const planes = new Uint8Array(frame.allocationSize({ rect }));
  await frame.copyTo(planes, { rect });
  const luminance = planes.subarray(0, rect.width * rect.height);
  if (!frame.colorSpace.fullRange) {
    for (let i = 0; i < luminance.length; i++) luminance[i] = STRETCHED[luminance[i]];
  }
  return { width: rect.width, height: rect.height, luminance };
}

// Drawn, at `scale`, and its colours taken together.
function drawn(picture, cut, scale = 1) {
  const size = { width: picture.displayWidth ?? picture.width, height: picture.displayHeight ?? picture.height };
  const { x, y, width, height } = cut({ x: 0, y: 0, ...size });
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas?.width !== w || canvas?.height !== h) {
    canvas = new OffscreenCanvas(w, h);
    context = canvas.getContext('2d', { willReadFrequently: true });
  }
  context.drawImage(picture, x, y, width, height, 0, 0, w, h);
  return { width: w, height: h, luminance: luminance(context.getImageData(0, 0, w, h).data) };
}

// BT.601 in integers.
function luminance(pixels) {
  const gray = new Uint8Array(pixels.length / 4);
  for (let i = 0, j = 0; i < gray.length; i++, j += 4) {
    gray[i] = (77 * pixels[j] + 150 * pixels[j + 1] + 29 * pixels[j + 2]) >> 8;
  }
  return gray;
}

function texts({ width, height, luminance }, effort) {
  return decode(width, height, luminance, effort, MS[effort]).map((reading) => {
    const text = reading.text;
    reading.free();
    return text;
  }).filter((text) => text !== undefined);
}

// The products of the field that QR codes' error correction counts in: the bundle takes this table out of the decoder's
// file, since it does not compress.
function multiply(table) {
  for (let a = 0; a < 256; a++) {
    for (let b = 0, x, rest; b < 256; b++) {
      for (x = a, rest = b; rest; rest >>= 1, x = x << 1 ^ (x & 0x80 && 0x11d)) {
        if (rest & 1) table[256 * a + b] ^= x;
      }
    }
  }
}
