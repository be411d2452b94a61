import type { Field, Words } from "./data";

/** Writes attribute values as the pages do: see Language in language.go. */
export class Values {
  private readonly number: Intl.NumberFormat;
  private readonly day: Intl.DateTimeFormat;
  private readonly minute: Intl.DateTimeFormat;

  constructor(private readonly words: Words) {
    const locale = words.lang === "en" ? "en-GB" : "fr-FR";
    this.number = new Intl.NumberFormat(locale, { maximumFractionDigits: 6, useGrouping: "min2" });
    this.day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
    this.minute = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: "UTC", timeZoneName: "short" });
  }

  /** Gives a node for a value that is not null. */
  node(field: Field, value: unknown): Node {
    if (field.type === "text" && typeof value === "string" && /^https?:\/\//.test(value)) {
      const link = document.createElement("a");
      link.href = value;
      link.textContent = value;
      return link;
    }
    return document.createTextNode(this.text(field, value));
  }

  text(field: Field, value: unknown): string {
    if (typeof value === "boolean") return this.words.text(`value.${value}`);
    if (typeof value === "number") {
      return field.key ? String(value) : this.number.format(value);
    }
    const text = String(value);
    if (field.type === "date" || field.type === "date-time") {
      const time = new Date(text);
      if (Number.isNaN(time.getTime())) return text;
      const day = this.date(time);
      return field.type === "date" ? day : day + this.words.text("value.at") + this.minute.format(time);
    }
    if (field.type === "text-array") {
      try {
        const list: unknown = JSON.parse(text);
        if (Array.isArray(list)) return list.join(", ");
      } catch {
        return text;
      }
    }
    return text;
  }

  /** Intl writes the first of a month as any other day; French does not. */
  private date(time: Date): string {
    const text = this.day.format(time);
    return this.words.lang === "fr" ? text.replace(/^1 /, "1er ") : text;
  }
}
