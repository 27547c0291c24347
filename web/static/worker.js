// The decoder's worker: pictures in, texts out. Pictures stay on the device.
//
// A question is a message with one port to answer on: { frame: ImageBitmap } or { photograph: File }. The answer is
// { texts, ms }, or { problem: 'picture' | 'reader' }.
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
let canvas, context;

self.onmessage = async ({ data, ports: [port] }) => {
  const started = performance.now();
  const answer = await read(data).catch((problem) => ({ problem: problem === 'picture' ? problem : 'reader' }));
  port.postMessage({ ...answer, ms: performance.now() - started });
};

async function read({ frame, photograph }) {
  const bitmap = frame ?? await createImageBitmap(photograph).catch(() => Promise.reject('picture'));
  try {
    const beside = lookBeside(bitmap);
    await ready;
    const read = frame ? live(bitmap) : still(bitmap);
    if (read.length) return { texts: read };
    const late = new Promise((resolve) => setTimeout(resolve, MS[frame ? LIVE_FAST : STILL], []));
    return { texts: await Promise.race([beside, late]) };
  } finally {
    bitmap.close();
  }
}

async function lookBeside(bitmap) {
  const codes = await (await theirs)?.detect(bitmap).catch(() => {});
  return codes?.map((code) => code.rawValue) ?? [];
}

// The middle of the frame first, where the label is held; the whole frame every other time, every fourth with more effort.
function live(bitmap) {
  const turn = frames++ % 4;
  const side = Math.min(bitmap.width, bitmap.height);
  const [width, height] = turn % 2 ? [bitmap.width, bitmap.height] : [side, side];
  return texts(bitmap, width, height, 1, turn === 3 ? LIVE_FULL : LIVE_FAST);
}

function still(bitmap) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  return texts(bitmap, bitmap.width, bitmap.height, scale, STILL);
}

// The codes in the middle `width` × `height` of `bitmap`, which is drawn at `scale`.
function texts(bitmap, width, height, scale, effort) {
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas?.width !== w || canvas?.height !== h) {
    canvas = new OffscreenCanvas(w, h);
    context = canvas.getContext('2d', { willReadFrequently: true });
  }
  const [left, top] = [(bitmap.width - width) / 2, (bitmap.height - height) / 2];
  context.drawImage(bitmap, left, top, width, height, 0, 0, w, h);
  const readings = decode(w, h, luminance(context.getImageData(0, 0, w, h).data), effort, MS[effort]);
  return readings.map((reading) => {
    const text = reading.text;
    reading.free();
    return text;
  }).filter((text) => text !== undefined);
}

// BT.601 in integers.
function luminance(pixels) {
  const gray = new Uint8Array(pixels.length / 4);
  for (let i = 0, j = 0; i < gray.length; i++, j += 4) {
    gray[i] = (77 * pixels[j] + 150 * pixels[j + 1] + 29 * pixels[j + 2]) >> 8;
  }
  return gray;
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
