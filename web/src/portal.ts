import { addCopyButtons } from "./copy";
import type { MapData } from "./data";

declare global {
  interface HTMLElementTagNameMap {
    "puy-map": PuyMap;
  }
}

/**
 * <puy-map data-source="ID"> wakes up when it comes into view: it loads the map
 * code and draws what the JSON script element called ID describes. Its
 * data-state goes from "loading" to "ready" and, while nothing is in flight, "idle";
 * where no map can be drawn it hides itself, and the page says so.
 */
class PuyMap extends HTMLElement {
  connectedCallback(): void {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void this.wake();
      },
      { rootMargin: "200px" },
    );
    observer.observe(this);
  }

  private async wake(): Promise<void> {
    this.dataset.state = "loading";
    try {
      const source = document.getElementById(this.dataset.source ?? "");
      const data = JSON.parse(source?.textContent ?? "") as MapData;
      const { start } = await import("./map");
      await start(this, data);
    } catch (error) {
      this.dataset.state = "failed";
      console.warn("puy-map:", error);
    }
  }
}

customElements.define("puy-map", PuyMap);
addCopyButtons();
