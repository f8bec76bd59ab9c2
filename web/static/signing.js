// A box to sign in with finger, pen or mouse; the picture travels with the form. Usual opinions with one touch.
for (const form of document.querySelectorAll(".sign-form")) {
  const pad = form.querySelector(".pad");
  if (pad) draw(form, pad);
  for (const chips of form.querySelectorAll(".chips")) {
    for (const words of ["同意。", "情况属实，同意。", "同意承办人意见。"]) {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-secondary me-1 mb-2", textContent: words });
      chip.onclick = () => { const box = form.elements[chips.dataset.for]; box.value = words; box.focus(); };
      chips.append(chip);
    }
  }
}
function draw(form, pad) {
  const pen = pad.getContext("2d");
  Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#10202e" });
  let last = null, written = false;
  const at = (event) => { const box = pad.getBoundingClientRect(); return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height]; };
  pad.addEventListener("pointerdown", (event) => { pad.setPointerCapture(event.pointerId); last = at(event); });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) { const to = at(one); pen.beginPath(); pen.moveTo(...last); pen.lineTo(...to); pen.stroke(); last = to; written = true; }
    event.preventDefault();
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { last = null; });
  form.querySelector("[data-do=clear-pad]")?.addEventListener("click", () => { pen.clearRect(0, 0, pad.width, pad.height); written = false; });
  form.addEventListener("submit", () => { form.elements.image.value = written ? pad.toDataURL("image/png") : ""; });
}
