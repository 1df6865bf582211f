// <um-countdown>: how long something still holds. It counts in days, then hours, minutes, and in the last minute seconds;
// at the end it takes the class is-expired and fires "um-expired", so that its surroundings can follow.
import { lang } from "./time.js";

const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export function left(seconds) {
  const [unit, size] = units.find(([, s]) => seconds >= s) ?? units[3];
  const count = Math.floor((unit === "day" ? seconds + 3600 : seconds) / size); // seven days are seven for their first hour
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

// When the text changes next, in milliseconds. Long waits are cut: timers do not survive sleep well.
const nextChange = (seconds) => Math.min(60000, seconds > 60 ? (seconds % 60 + 0.05) * 1000 : 1000);

class Countdown extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector("time");
    this.until = Date.parse(this.time?.dateTime ?? "");
    if (Number.isNaN(this.until)) return;
    this.time.title = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "long" }).format(this.until);
    this.wake = () => { if (!document.hidden) this.tick(); };
    document.addEventListener("visibilitychange", this.wake);
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }

  tick() {
    clearTimeout(this.timer);
    const seconds = (this.until - Date.now()) / 1000;
    if (seconds <= 0) {
      const before = this.classList.contains("is-expired");
      this.classList.remove("is-soon");
      this.classList.add("is-expired");
      this.time.textContent = this.getAttribute("expired-text") ?? "Expired";
      if (!before) this.dispatchEvent(new CustomEvent("um-expired", { bubbles: true }));
      return;
    }
    this.classList.remove("is-expired");
    this.classList.toggle("is-soon", seconds < 86400);
    this.time.textContent = `${left(seconds)} ${this.getAttribute("suffix") ?? "left"}`;
    this.timer = setTimeout(() => this.tick(), nextChange(seconds));
  }
}

customElements.define("um-countdown", Countdown);
