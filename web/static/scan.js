// The scanner's page loads this: the checker's WASM starts itself once it is there.
import init from './checker.js';

init();
