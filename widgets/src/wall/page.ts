// The page itself, asked for again: the one place that knows which contents are on the wall.

const TIMEOUT_MS = 10_000;

/** This page as the server writes it now; null where it does not answer as it should. */
export async function freshPage(): Promise<Document | null> {
  try {
    const response = await fetch(location.href, {
      cache: "no-cache",
      headers: { accept: "text/html" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}

/** What the page is made with: an address that changes with the script, the style and the list. */
export function makeOf(page: Document): string {
  const script = page.querySelector("script[src]")?.getAttribute("src");
  const style = page.querySelector("link[rel=stylesheet]")?.getAttribute("href");
  return `${script} ${style} ${page.querySelector(".contents") !== null}`;
}
