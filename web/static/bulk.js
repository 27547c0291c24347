// Keeps the progress of a file up to date, and opens its results when they are there.
const place = document.getElementById('progress');
const [rows, bar, pace, said] = ['rows', 'bar', 'pace', 'said'].map((id) => document.getElementById(id));
const numbers = new Intl.NumberFormat(document.documentElement.lang);
const ENDED = ['done', 'cancelled', 'failed'];
const shown = document.querySelector('h1').textContent;
let told = 0;

const events = new EventSource(place.dataset.events);
events.addEventListener('job', ({ data }) => {
  const job = JSON.parse(data);
  if (ENDED.includes(job.state)) {
    events.close();
    location.reload();
    return;
  }
  rows.textContent = numbers.format(job.answered);
  if (job.rows) {
    bar.max = job.rows;
    bar.value = job.answered;
  }
  const rate = job.rows_per_second && place.dataset.rate.replace('{rows}', numbers.format(job.rows_per_second));
  const left = job.seconds_left && place.dataset.left.replace('{seconds}', numbers.format(job.seconds_left));
  pace.textContent = [rate, left].filter(Boolean).join(' · ');
  // To a screen reader only now and then: every half minute.
  if (Date.now() - told > 30_000) {
    told = Date.now();
    said.textContent = `${shown} ${rows.textContent} ${pace.textContent}`;
  }
});
