// <um-time>: a moment in the viewer's words and time zone. Days are calendar days, so "Yesterday" is a word of the
// calendar, not "24 hours ago".
// The page's language with the viewer's own regional habits, where there are any ("en" page, en-GB viewer).
const page = document.documentElement.lang || "en";
export const lang = navigator.languages.find((l) => l.split("-")[0] === page.split("-")[0]) ?? page;
const words = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
const date = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", year: "numeric" });
const dateThisYear = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const whole = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "long" });

const dayNumber = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / 86400000;

export function relative(then, now) {
  const seconds = (now - then) / 1000;
  const days = dayNumber(now) - dayNumber(then);
  if (Math.abs(seconds) < 45) return "Just now";
  if (Math.abs(seconds) < 3600) return words.format(-Math.sign(seconds) * Math.max(1, Math.round(Math.abs(seconds) / 60)), "minute");
  if (days === 0) return words.format(-Math.trunc(seconds / 3600), "hour");
  if (days === 1) return "Yesterday";
  if (days === -1) return "Tomorrow";
  if (Math.abs(days) < 7) return words.format(-days, "day");
  return (then.getFullYear() === now.getFullYear() ? dateThisYear : date).format(then);
}

class Time extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector("time");
    this.then = new Date(this.time?.dateTime ?? "");
    if (Number.isNaN(this.then.valueOf())) return;
    this.time.title = whole.format(this.then);
    shown.add(this);
    this.render();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  render() {
    const mode = this.getAttribute("mode");
    const text = mode === "date" ? date.format(this.then) : mode === "exact" ? exact.format(this.then) : relative(this.then, new Date());
    if (this.time.textContent !== text) this.time.textContent = text;
  }
}

// One clock for all of them.
const shown = new Set();
setInterval(() => { if (!document.hidden) shown.forEach((time) => time.render()); }, 30000);
customElements.define("um-time", Time);
