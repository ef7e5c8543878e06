// Asks for the page again every 5 s and takes over the parts that changed.
// Links and open details are in no part, so that neither focus nor place is lost.
const PACE = 5000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (!next || next.isEqualNode(part) || part.contains(document.activeElement)) continue;
    part.replaceWith(document.importNode(next, true));
  }
  for (const follower of document.querySelectorAll("[data-follow]")) {
    const leader = document.querySelector(`[data-part="${CSS.escape(follower.dataset.follow)}"]`);
    if (leader) follower.dataset.state = leader.dataset.state;
  }
}

setInterval(() => refresh().catch(() => {}), PACE);
