// Reads a calendar file that somebody chooses into the field, with only those lines that are needed: requests are small.

const NEEDED = /^(BEGIN|END|UID|SUMMARY|STATUS|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID)[;:]/i;
const BYTES_MAX = 2_000_000;

const file = document.getElementById('calendar-file');
const field = document.getElementById('calendar');

async function read() {
  const [chosen] = file.files;
  if (!chosen) return;
  const lines = (await chosen.slice(0, BYTES_MAX).text()).split(/\r?\n/);
  let isNeeded = false;
  const needed = lines.filter((line) => {
    // A long line continues in the next ones.
    if (!/^[ \t]/.test(line)) isNeeded = NEEDED.test(line);
    return isNeeded;
  });
  // Of another file, its beginning says that it's none.
  field.value = (needed.length ? needed : lines.slice(0, 1)).join('\n').slice(0, 45_000);
  field.focus();
}

if (file) {
  file.closest('label').hidden = false;
  file.addEventListener('change', read);
}
