/** The link to what is seen, and its other forms. */

import { createButton, elementOf, setText } from "../controls/elements.js";
import { row } from "./parts.js";
import { askAddress } from "./download.js";

/** The link, the QR code as large as the window, and the frame for another page. `find` asks for the
 * address that others reach, with the whole Scene in it, and returns what is to be known of it. */
export function createLink(model, said) {
  const { words } = model.payload;
  const link = elementOf("input", {
    type: "text", readonly: true, class: "address", "aria-label": words.shareLink,
    "data-testid": "share-link", focus: () => link.select(),
  });
  const frame = elementOf("textarea", {
    readonly: true, class: "address", rows: 3, hidden: true, "aria-label": words.shareFrameLong,
    "data-testid": "share-frame", focus: () => frame.select(),
  });
  const large = elementOf("dialog", { class: "qr", "aria-label": words.shareQrLong, "data-testid": "share-qr" });
  large.addEventListener("click", () => large.close());
  async function ask(show) {
    const found = await askAddress(model.payload.share, location.href, model.scene);
    if (found && !found.refused) {
      link.value = found.address;
      show(found);
      return found.note;
    }
    setText(said, found?.refused ?? words.shareOffline);
    return "";
  }
  const qr = createButton(words.shareQr, () => ask((found) => {
    // The server's own SVG, and the address in letters for those who type.
    large.innerHTML = found.qr;
    large.append(elementOf("p", {}, found.address));
    large.showModal();
  }), { title: words.shareQrLong, "data-testid": "share-qr-open" });
  const framed = createButton(words.shareFrame, () => ask((found) => {
    frame.hidden = false;
    frame.value = found.frame;
    frame.select();
  }), { title: words.shareFrameLong, "data-testid": "share-frame-open" });
  const parts = [elementOf("p", {}, words.shareLong), link, row(qr, framed), frame, large];
  return { link, parts, find: () => ask(() => {}) };
}
