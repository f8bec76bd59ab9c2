// Papers are dragged to their place; then the form of the paper opens with the place chosen, and asks for the reason.
let dragged = null;

function itemOf(target) {
  return target instanceof Element ? target.closest(".desk-item") : null;
}

function choose(item, before, volume) {
  const details = item.querySelector(".desk-move");
  const select = details.querySelector("select");
  const value = `${volume}:${before ? before.dataset.id : ""}`;
  if (![...select.options].some((option) => option.value === value)) {
    return;
  }
  select.value = value;
  details.open = true;
  details.querySelector("input[name=reason]").focus();
}

document.querySelectorAll("[data-desk]").forEach((list) => {
  list.addEventListener("dragstart", (event) => {
    dragged = itemOf(event.target);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged ? dragged.dataset.id : "");
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged) {
      return;
    }
    event.preventDefault();
    document.querySelectorAll(".desk-over").forEach((one) => one.classList.remove("desk-over"));
    (itemOf(event.target) || list).classList.add("desk-over");
  });
  list.addEventListener("drop", (event) => {
    event.preventDefault();
    const over = itemOf(event.target);
    if (dragged && over !== dragged) {
      choose(dragged, over, list.closest("[data-volume]").dataset.volume);
    }
  });
  list.addEventListener("dragend", () => {
    dragged = null;
    document.querySelectorAll(".desk-over").forEach((one) => one.classList.remove("desk-over"));
  });
});
